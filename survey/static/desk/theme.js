// Light or dark as the system asks; paper is always light.
export function followTheme(root, view) {
  const dark = view.matchMedia("(prefers-color-scheme: dark)");
  const show = () => { root.dataset.theme = dark.matches ? "dark" : "light"; };
  show();
  dark.addEventListener("change", show);
  view.addEventListener("beforeprint", () => { root.dataset.theme = "light"; });
  view.addEventListener("afterprint", show);
}
