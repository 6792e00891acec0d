"""A person at a browser whose every click, key and wait is counted and whose every step is photographed.

What is counted is counted in the page itself (trusted events only), so any script may do the driving. ``keyboard_only`` makes the same script
walk without a mouse: what it would click is looked for with Tab and the arrow keys, then pressed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page

PATIENCE = 120_000
A_CLICK, A_KEY = 3.0, 0.3
"""Seconds of a person for finding and clicking something, and for a key or a typed character."""
A_FILE = 3
"""Clicks for a file: the button, the name in the system's own window, its 打开."""
MOST_TABS = 160
BUSY = '[data-testid="stApp"][data-test-script-state="running"], [data-testid="stSkeleton"], [data-testid="stSpinner"], [data-stale="true"]'

COUNTING = """(() => {
  const tell = (kind, amount) => window.__tell && window.__tell(kind, amount);
  const lengths = new WeakMap();
  // A label hands its click on to its field: one press, told apart by its detail.
  addEventListener('click', e => { if (e.isTrusted && e.detail > 0) tell('clicks', 1); }, true);
  addEventListener('keydown', e => { if (e.isTrusted && (e.key.length > 1 || e.ctrlKey)) tell('keys', 1); }, true);
  addEventListener('focusin', e => lengths.set(e.target, (e.target.value || '').length), true);
  addEventListener('input', e => {
    const now = (e.target.value || '').length, was = lengths.get(e.target) || 0;
    lengths.set(e.target, now);
    if (e.target.type !== 'file') tell('typed', Math.max(now - was, e.data ? e.data.length : 0));
  }, true);
  addEventListener('change', e => { if (e.target.type === 'file' && e.target.files.length) tell('files', 1); }, true);
})()"""

# What a look at a step can find by itself: cut-off words, English in a Chinese page, a page wider than the screen.
LOOKING = """() => {
  const shown = e => { const r = e.getBoundingClientRect(); return r.width > 1 && r.height > 1 && r.bottom > 0 && r.top < innerHeight; };
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push('宽过屏幕');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), e = walker.currentNode.parentElement;
    if (!text || !shown(e) || e.closest('style,script,noscript,[data-testid=stIconMaterial]')) continue;
    const style = getComputedStyle(e);
    if (style.visibility === 'hidden' || parseFloat(style.fontSize) === 0) continue;
    for (let up = e, n = 0; up && n < 3; up = up.parentElement, n++) {
      const s = getComputedStyle(up);
      if (s.overflowX !== 'visible' && s.textOverflow === 'ellipsis' && up.scrollWidth > up.clientWidth + 1) { found.push('截断：' + text.slice(0, 60)); break; }
    }
    if (/^[A-Za-z][A-Za-z ,.'’]{5,}$/.test(text)) found.push('英文：' + text.slice(0, 60));
  }
  for (const e of document.querySelectorAll('[aria-label],[title]')) for (const name of ['aria-label', 'title']) {
    const said = e.getAttribute(name) || '';
    if (shown(e) && /^[A-Za-z][A-Za-z ,./’']{3,}$/.test(said)) found.push('英文（读出）：' + said.slice(0, 60));
  }
  for (const e of document.querySelectorAll('input[placeholder]')) if (shown(e) && !e.value && /^[A-Za-z ]{5,}$/.test(e.placeholder)) found.push('英文：' + e.placeholder);
  return [...new Set(found)];
}"""

FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return '';
  const s = getComputedStyle(e), r = e.getBoundingClientRect();
  const near = [e, e.parentElement, e.parentElement && e.parentElement.parentElement, e.nextElementSibling].filter(Boolean).map(x => getComputedStyle(x));
  const ring = near.some(x => (x.outlineStyle !== 'none' && parseFloat(x.outlineWidth) > 0) || x.boxShadow !== 'none') || ['INPUT', 'TEXTAREA'].includes(e.tagName) || e.getAttribute('role') === 'spinbutton';
  const name = (e.getAttribute('aria-label') || e.innerText || e.placeholder || e.tagName).trim().replace(/\\s+/g, ' ').slice(0, 40);
  return JSON.stringify({name, ring, seen: r.bottom > 0 && r.top < innerHeight});
}"""


@dataclass
class Count:
    """What a walk cost. ``seconds`` is what the script waited for the program; a person's own pace comes on top."""

    clicks: int = 0
    keys: int = 0
    typed: int = 0
    files: int = 0
    dead_ends: list[str] = field(default_factory=list)
    seconds: float = 0.0
    pictures: int = 0
    seen: list[str] = field(default_factory=list)
    hidden_focus: set[str] = field(default_factory=set)

    @property
    def pace(self) -> float:
        """Seconds of a person who knows the way: clicks, keys, characters, and the waiting that was measured. Reading is not in it."""
        return (self.clicks + A_FILE * self.files) * A_CLICK + (self.keys + self.typed) * A_KEY + self.seconds


class Walk:
    """One task walked by one or more people, each with a browser of their own."""

    def __init__(self, browser: Browser, name: str, screen: dict[str, int], folder: Path) -> None:
        self.browser, self.name, self.screen, self.folder = browser, name, screen, folder
        self.count = Count()
        self.contexts: list[BrowserContext] = []
        self._spare = 0.0
        self._started = time.monotonic()

    def page(self) -> Page:
        """Open a browser for one more person, at its first page."""
        return self.context().new_page()

    def context(self) -> BrowserContext:
        """Open a browser for one more person."""
        context = self.browser.new_context(viewport=self.screen, locale="zh-CN", accept_downloads=True)
        context.expose_binding("__tell", lambda _source, kind, amount: self._add(kind, amount))
        context.add_init_script(COUNTING)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        return context

    def _add(self, kind: str, amount: int) -> None:
        setattr(self.count, kind, getattr(self.count, kind) + amount)

    def settle(self, page: Page) -> None:
        """Wait until the program has done what it was asked."""
        quiet = 0
        while quiet < 3:
            page.wait_for_timeout(100)
            quiet = quiet + 1 if page.locator(BUSY).count() == 0 else 0
        self._spare += 0.3

    def shot(self, page: Page, name: str) -> None:
        """Photograph a step once it stands still, and note what is wrong with it at sight. Costs the person nothing."""
        self.settle(page)
        began = time.monotonic()
        self.count.pictures += 1
        page.wait_for_timeout(250)
        page.screenshot(path=self.folder / f"{self.name}-{self.count.pictures:02d}-{name}.png")
        self.count.seen += [f"{name}：{fault}" for fault in page.evaluate(LOOKING)]
        self._spare += time.monotonic() - began

    def dead_end(self, page: Page, why: str) -> None:
        """Note a way that led nowhere."""
        self.count.dead_ends.append(why)

    def end(self) -> Count:
        """Close the browsers; return what it cost."""
        self.count.seconds = time.monotonic() - self._started - self._spare
        for context in self.contexts:
            context.close()
        return self.count


@contextmanager
def keyboard_only(count: Count) -> Iterator[None]:
    """Let Locator.click and fill find their target with Tab and arrows and press it; what can't be reached is a dead end, then clicked."""
    click, fill = Locator.click, Locator.fill

    def press(target: Locator, **_more: Any) -> None:
        if not reach(target, count):
            click(target)
            return
        kind = target.evaluate("e => (e.getAttribute('role') || e.tagName).toLowerCase()")
        if kind == "combobox":
            target.page.keyboard.press("ArrowDown")
        elif kind not in ("textbox", "spinbutton"):
            target.page.keyboard.press("Space" if kind in ("radio", "checkbox") else "Enter")

    def write(target: Locator, text: str, **_more: Any) -> None:
        if not reach(target, count):
            fill(target, text)
            return
        target.page.keyboard.press("Control+a")
        target.page.keyboard.insert_text(text)

    Locator.click, Locator.fill = press, write  # type: ignore[method-assign]
    try:
        yield
    finally:
        Locator.click, Locator.fill = click, fill  # type: ignore[method-assign]


def reach(target: Locator, count: Count) -> bool:
    """Move the focus to a target as a person without a mouse does. Returns whether it could be reached."""
    page = target.page
    target.wait_for(state="visible")
    for _ in range(MOST_TABS):
        where = target.evaluate(
            """e => { const a = document.activeElement; if (!a || a === document.body) return '';
            if (a === e || e.contains(a)) return 'here';
            if (a.contains(e) && ['SUMMARY', 'BUTTON', 'A', 'LABEL'].includes(a.tagName)) return 'here';
            const label = e.closest('label'); if (label && label.contains(a)) return 'here';
            const list = a.getAttribute('aria-controls'); if (list && document.getElementById(list) && document.getElementById(list).contains(e)) return 'list';
            if (e.closest('[role=option]') && a.getAttribute('role') === 'combobox') return 'list';
            const group = a.closest('[role=radiogroup],[role=menu],[role=listbox]'); if (group && group.contains(e))
              return a.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING ? 'ArrowRight' : 'ArrowLeft';
            return ''; }"""
        )
        if where == "here":
            note_focus(page, count)
            return True
        if where == "list":
            return choose(page, target, count)
        page.keyboard.press(where or "Tab")
    count.dead_ends.append(f"键盘到不了：{target}"[:160])
    return False


def choose(page: Page, option: Locator, count: Count) -> bool:
    """Go down a list to an option, and up again if it was passed; Enter takes it."""
    for at in range(MOST_TABS):
        if option.evaluate(
            """e => { const a = document.activeElement, at = a && a.getAttribute('aria-activedescendant'), o = e.closest('[role=option]') || e;
            return Boolean(at && o.id === at) || o.hasAttribute('data-focused') || o === a; }"""
        ):
            return True
        page.keyboard.press("ArrowDown" if at < MOST_TABS // 2 else "ArrowUp")
    count.dead_ends.append(f"键盘选不到：{option}"[:160])
    return False


def note_focus(page: Page, count: Count) -> None:
    """Remember where the focus can't be seen."""
    import json

    told = page.evaluate(FOCUS)
    if told:
        found = json.loads(told)
        if not (found["ring"] and found["seen"]):
            count.hidden_focus.add(found["name"])
