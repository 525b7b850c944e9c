// Pages that are only read: the size of letters is all they need.
import { letterSizes } from "./screens.js";

letterSizes();
