"""What a machine can see of a page in a browser: axe-core's faults, what does not fit, what cannot be seen with the keyboard, what moves."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = Path(__file__).parents[2] / "test-results" / "pages"
WIDE, NARROW = (1280, 800), (360, 740)
# Its three columns keep their width when the text alone grows (a browser's zoom folds them): one has to pan, which is to be mended.
PANNED = ("/bord/",)
# Half a pixel of rounding is no fault.
_FAULTS = """
async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(
  (rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 120)).slice(0, 3).join(" | ")}`)
"""
_OUTSIDE = """
() => {
  const root = document.documentElement, window_ = root.clientWidth;
  if (root.scrollWidth <= window_) return [];
  const wide = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > window_ + 1
    && ![...each.children].some((child) => child.getBoundingClientRect().right > window_ + 1));
  const shown = wide.filter((each) => !each.closest(".bl-said, svg")).slice(0, 3).map((each) => each.outerHTML.slice(0, 90));
  return [`${root.scrollWidth} px wide in ${window_}: ${shown.join(" | ")}`];
}
"""
# Text that an element hides where it does not fit. What only a screen reader reads is one pixel large; a title says the whole of it.
_CLIPPED = """
() => [...document.querySelectorAll("body *")].filter((each) => {
  if (!each.checkVisibility() || each.clientWidth <= 2 || each.clientHeight <= 2 || each.closest("svg, [title]")) return false;
  if (!(each.innerText ?? "").trim() || ["TEXTAREA", "SELECT", "OPTION"].includes(each.tagName)) return false;
  const style = getComputedStyle(each), hides = (flow) => flow === "hidden" || flow === "clip";
  return hides(style.overflowX) && each.scrollWidth > each.clientWidth + 1
    || hides(style.overflowY) && each.scrollHeight > each.clientHeight + 1;
}).slice(0, 3).map((each) => `cut off: ${each.outerHTML.slice(0, 120)}`)
"""
# One of each kind is enough: those of a kind share their rule. What shows the focus may be an element around a hidden box.
_UNSEEN_FOCUS = """
() => {
  const kinds = new Map(), outlined = (each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  for (const each of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")) {
    if (each.disabled || each.type === "hidden" || each.tabIndex < 0 || !each.checkVisibility()) continue;
    const kind = `${each.tagName}.${each.type ?? ""}.${each.className}.${each.parentElement.className}`;
    if (!kinds.has(kind)) kinds.set(kind, each);
  }
  const before = document.activeElement, unseen = [];
  for (const each of kinds.values()) {
    each.focus({ preventScroll: true });
    if (document.activeElement !== each) continue;
    const around = [each, each.parentElement, each.nextElementSibling, each.closest("label")].filter(Boolean);
    if (!around.some(outlined)) unseen.push(`no focus to see: ${each.outerHTML.slice(0, 120)}`);
  }
  before?.focus?.({ preventScroll: true });
  return unseen.slice(0, 3);
}
"""
_MOVING = """
() => document.getAnimations().filter((each) => each.playState === "running")
  .slice(0, 3).map((each) => `moves: ${each.animationName ?? each.transitionProperty} ${each.effect?.target?.className}`)
"""


def look(window: Page, name: str, *, language: str) -> list[str]:
    """Return what is wrong with the page in the window, in every way it can be seen; the pictures are kept."""
    resize(window, WIDE)
    found = faults(window) + misfits(window) + moving(window)
    keep_picture(window, name)
    resize(window, NARROW)
    found += [f"narrow: {each}" for each in misfits(window)]
    keep_picture(window, name)
    resize(window, WIDE, text=200)
    large = cut_off(window) if name in PANNED else misfits(window)
    found += [f"text twice as large: {each}" for each in large]
    resize(window, NARROW, text=200)
    # A telephone with text twice as large is half as wide as any there is: one may have to pan, but nothing is cut off.
    found += [f"narrow, text twice as large: {each}" for each in cut_off(window)]
    resize(window, WIDE)
    if language == "da":
        window.emulate_media(color_scheme="dark")
        found += [f"dark: {each}" for each in faults(window)]
        window.emulate_media(color_scheme="light", forced_colors="active")
        found += [f"forced colours: {each}" for each in unseen_focus(window)]
        window.emulate_media(forced_colors="none")
    return [f"{name} ({language}) {each}" for each in found]


def look_in_both(window: Page, name: str) -> list[str]:
    """Look at the page shown, in English and then in Danish, and leave it in Danish."""
    found: list[str] = []
    for language in ("en", "da"):
        window.click(f'.bl-language button[value="{language}"]')
        window.wait_for_selector(f'html[lang="{language}"]')
        found += look(window, name, language=language)
    return found


def faults(page: Page) -> list[str]:
    """Return what axe-core finds, through the debugger, so that the page's own policy is not loosened for the test."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())
    return list(page.evaluate(_FAULTS))


def resize(page: Page, size: tuple[int, int], *, text: int = 100) -> None:
    """Give the window another size, and the reader's text another: 200 is twice as large."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    # The root is 62.5 % of the browser's own size (see tokens.css); the script object is not bound by the page's policy.
    page.evaluate(
        "(text) => { document.documentElement.style.fontSize = text === 100 ? '' : `${0.625 * text}%`; }", text
    )


def misfits(page: Page) -> list[str]:
    """Return what is wider than the window, and text that is cut off."""
    return [*outside(page), *cut_off(page)]


def outside(page: Page) -> list[str]:
    """Return what is wider than the window."""
    return list(page.evaluate(_OUTSIDE))


def cut_off(page: Page) -> list[str]:
    """Return text that is cut off."""
    return list(page.evaluate(_CLIPPED))


def unseen_focus(page: Page) -> list[str]:
    """Return kinds of controls that show nothing when the keyboard is on them."""
    page.keyboard.press("Tab")
    return list(page.evaluate(_UNSEEN_FOCUS))


def moving(page: Page) -> list[str]:
    """Return what is being animated now."""
    return list(page.evaluate(_MOVING))


def keep_picture(page: Page, name: str, **options: Any) -> None:
    """Keep a picture of the whole page, for people to look at: by its name, the window's width and the language."""
    language = page.get_attribute("html", "lang")
    file = "-".join(re.findall(r"\w+", name)) or "forside"
    width = page.evaluate("window.innerWidth")
    page.screenshot(path=PICTURES / f"{file}-{width}-{language}.png", full_page=True, **options)
