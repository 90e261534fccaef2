// The script of the reference page: search, buttons that copy code, the reader's own address in the examples, and the
// section that is on screen. Served as it is written.
{
  /** @param {string} id @returns {HTMLElement} */
  const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  const nav = byId('contents');
  const input = /** @type {HTMLInputElement} */ (byId('search'));
  const results = byId('results');
  const status = byId('status');
  const MOST_RESULTS = 30;

  // Examples with the address of this page.
  const from = document.documentElement.dataset.origin ?? '';
  if (location.origin !== 'null' && location.origin !== from) {
    for (const code of document.querySelectorAll('pre code')) {
      if (code.textContent?.includes(from)) code.textContent = code.textContent.replaceAll(from, location.origin);
    }
  }

  // Copying.
  /** @param {string} text */
  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Over plain HTTP there is no clipboard, but what is selected can be copied.
    const area = document.createElement('textarea');
    area.value = text;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    focused?.focus();
    if (!done) throw new Error('not copied');
  }
  for (const pre of document.querySelectorAll('pre')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy ${pre.getAttribute('aria-label')}`);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    button.addEventListener('click', async () => {
      const said = await copy(pre.textContent ?? '').then(
        () => 'Copied',
        () => 'Not copied',
      );
      button.textContent = said;
      status.textContent = said;
      clearTimeout(timer);
      timer = setTimeout(() => {
        button.textContent = 'Copy';
        status.textContent = '';
      }, 2000);
    });
    pre.previousElementSibling?.append(button);
  }

  // Search in titles first, then in paths and names, then in all texts.
  /** @param {string | null | undefined} text */
  const plain = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
  /** @param {string} text */
  const folded = (text) => text.toLowerCase().replace(/[’']/g, '');
  const entries = [...document.querySelectorAll('main article, main .message, main .error')].map((section) => {
    const heading = section.querySelector('h3 a, h4 a');
    const title = plain(heading?.textContent);
    const route = plain(section.querySelector(':scope > .route')?.textContent);
    const group = plain(section.parentElement?.closest('section, article')?.querySelector('h2 a, h3 a')?.textContent);
    return {
      id: section.id,
      title,
      route: route || group,
      names: folded(`${section.id} ${route} ${group}`),
      text: '',
      section,
    };
  });
  /** @param {string[]} words @param {typeof entries[number]} entry */
  function rank(words, entry) {
    entry.text ||= folded(plain(entry.section.textContent));
    const title = folded(entry.title);
    let sum = 0;
    for (const word of words) {
      if (title.startsWith(word)) sum += 4;
      else if (title.includes(word)) sum += 3;
      else if (entry.names.includes(word)) sum += 2;
      else if (entry.text.includes(word)) sum += 1;
      else return 0;
    }
    return sum / words.length;
  }
  function search() {
    const words = folded(input.value).split(/\s+/).filter(Boolean);
    results.replaceChildren();
    results.hidden = words.length === 0;
    document.body.classList.toggle('searching', words.length > 0);
    status.textContent = '';
    if (words.length === 0) return;
    const found = entries
      .map((entry) => ({ entry, score: rank(words, entry) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
    const list = document.createElement('ul');
    for (const { entry } of found.slice(0, MOST_RESULTS)) {
      const item = document.createElement('li');
      const link = document.createElement('a');
      const where = document.createElement('span');
      link.href = `#${entry.id}`;
      link.textContent = entry.title;
      where.textContent = entry.route;
      link.append(where);
      item.append(link);
      list.append(item);
    }
    results.append(list);
    status.textContent =
      found.length === 0 ? 'No results' : `${found.length} ${found.length === 1 ? 'result' : 'results'}`;
  }
  function clear() {
    input.value = '';
    search();
  }
  /** @param {-1 | 1} step */
  function move(step) {
    const stops = [input, ...results.querySelectorAll('a')];
    const at = stops.indexOf(/** @type {HTMLInputElement} */ (document.activeElement));
    stops[Math.min(Math.max(at + step, 0), stops.length - 1)]?.focus();
  }
  /** @type {HTMLElement} */ (input.parentElement).hidden = false;
  input.addEventListener('input', search);
  for (const part of [input, results]) {
    part.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown') move(1);
      else if (event.key === 'ArrowUp') move(-1);
      else if (event.key === 'Escape') {
        clear();
        input.focus();
      } else if (event.key === 'Enter' && event.target === input) results.querySelector('a')?.click();
      else return;
      event.preventDefault();
    });
  }
  results.addEventListener('click', (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest('a');
    if (!link) return;
    const target = byId(link.hash.slice(1));
    clear();
    // The next Tab continues in the section.
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
  });
  document.addEventListener('keydown', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || target.matches('input, textarea'))
      return;
    event.preventDefault();
    input.focus();
    input.select();
  });

  // Contents: on phones a panel that a link closes; the section on screen is marked.
  nav.addEventListener('click', (event) => {
    if (/** @type {HTMLElement} */ (event.target).closest('a') && nav.matches(':popover-open')) nav.hidePopover();
  });
  const links = new Map([...nav.querySelectorAll('a')].map((link) => [link.hash.slice(1), link]));
  const sections = [...links.keys()].map(byId);
  /** @type {HTMLElement | undefined} */
  let current;
  function mark() {
    const line = innerHeight / 3;
    // The last one that begins above the line; sections are in the order of the page.
    const seen = sections.filter((section) => section.getBoundingClientRect().top <= line).at(-1);
    const link = seen && links.get(seen.id);
    if (link === current) return;
    current?.removeAttribute('aria-current');
    link?.setAttribute('aria-current', 'location');
    current = link;
    if (link) {
      const { top, bottom } = link.getBoundingClientRect();
      const view = nav.getBoundingClientRect();
      if (top < view.top || bottom > view.bottom) nav.scrollTop += top - view.top - view.height / 3;
    }
  }
  let isWaiting = false;
  addEventListener(
    'scroll',
    () => {
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        mark();
      });
    },
    { passive: true },
  );
  mark();
}
