"""Official letters after GB/T 9704-2012.

No system font may enter a letter: FONTCONFIG_FILE names a configuration without font folders, and it must
stand before WeasyPrint is loaded. This package is loaded before any module in it: it is set here.
"""

import os
from pathlib import Path

os.environ["FONTCONFIG_FILE"] = str(Path(__file__).parent / "fontconfig.xml")
