// The one line that a page needs: where it holds no <guichet-chat>, a button is put at its end.

if (!customElements.get("guichet-chat")) {
  customElements.define("guichet-chat", GuichetChat);
  const begin = () => {
    if (document.querySelector("guichet-chat") || (TAG && TAG.hasAttribute("data-manual"))) return;
    const element = document.createElement("guichet-chat");
    for (const name of ["lang", "mode"]) if (TAG && TAG.hasAttribute(`data-${name}`)) element.setAttribute(name, TAG.getAttribute(`data-${name}`));
    document.body.append(element);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
}
