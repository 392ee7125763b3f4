// The public page of a meeting, kept up with what happens: when the record changes the page is fetched again and the parts
// that differ are exchanged. Without it the page reloads by itself.
const script = /** @type {HTMLScriptElement} */ (document.querySelector('script[data-meeting]'));
const betweenMilliseconds = 2000;
// Everybody who follows hears of a change at once; they need not all ask at once.
const spreadMilliseconds = 800;
const againMilliseconds = 30_000;
/** @type {EventSource | null} */
let source = null;
let read = Date.parse(script.dataset.read ?? '');
let askedAt = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let stale = false;
let busy = false;

/** Where the keyboard is in a part, and which details are unfolded there, to be as it was after the exchange. @param {Element} part */
function habits(part) {
	const reachable = 'a, button, input, select, textarea, summary';
	const at = [...part.querySelectorAll(reachable)].indexOf(/** @type {Element} */ (document.activeElement));
	const unfolded = new Map([...part.querySelectorAll('details')].map((one) => [keyOf(one), one.open]));
	return (/** @type {Element} */ made) => {
		for (const one of made.querySelectorAll('details')) one.open = unfolded.get(keyOf(one)) ?? one.open;
		const target = at < 0 ? null : made.querySelectorAll(reachable)[at];
		if (target instanceof HTMLElement) target.focus({ preventScroll: true });
	};
}

/** @param {Element} details */
function keyOf(details) {
	return `${details.closest('[id]')?.id} ${details.querySelector('summary')?.textContent?.replaceAll(/\d+/g, '')}`;
}

/** Whether somebody is filling in a form there. @param {Element} part */
const inUse = (part) => {
	const at = document.activeElement;
	return at !== null && part.contains(at) && at.matches('input, select, textarea');
};

/** As it came from the server, whatever the visitor unfolded since. @type {WeakMap<Element, string>} */
const written = new WeakMap();
for (const part of document.querySelectorAll('[data-part]')) written.set(part, part.outerHTML);

/** @param {Document} fresh */
function exchange(fresh) {
	for (const part of document.querySelectorAll('[data-part]')) {
		const name = part.getAttribute('data-part');
		const next = fresh.querySelector(`[data-part="${name}"]`);
		if (!next || next.outerHTML === written.get(part) || inUse(part)) continue;
		const html = next.outerHTML;
		const settle = habits(part);
		const made = document.importNode(next, true);
		part.replaceWith(made);
		written.set(made, html);
		settle(made);
	}
	const told = document.querySelector('[data-told]');
	const text = document.querySelector('[data-tell]')?.textContent?.replaceAll(/\s+/g, ' ').trim() ?? '';
	if (told && told.textContent !== text) told.textContent = text;
	follow();
}

function follow() {
	const heard = source?.readyState === EventSource.OPEN;
	for (const hint of document.querySelectorAll('[data-following]')) hint.toggleAttribute('hidden', !heard);
}

async function renew() {
	timer = undefined;
	if (busy) return;
	busy = true;
	stale = false;
	askedAt = Date.now();
	try {
		const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
		if (answer.ok) exchange(new DOMParser().parseFromString(await answer.text(), 'text/html'));
	} catch {
		stale = true;
	}
	busy = false;
	if (stale) plan();
}

function plan() {
	stale = true;
	// A page nobody looks at costs nothing.
	if (timer || busy || document.hidden) return;
	const wait = Math.max(0, askedAt + betweenMilliseconds - Date.now());
	timer = setTimeout(renew, wait + Math.random() * spreadMilliseconds);
}

function listen() {
	source = new EventSource(script.dataset.meeting ?? '');
	source.addEventListener('state', (event) => {
		const { at, status } = JSON.parse(event.data);
		if (Date.parse(at) > read) {
			read = Date.parse(at);
			plan();
		}
		if (status === 'closed') source?.close();
	});
	source.onopen = follow;
	source.onerror = () => {
		follow();
		// A refused connection does not come back by itself; the page is then read again now and then.
		if (source?.readyState !== EventSource.CLOSED) return;
		setTimeout(() => {
			plan();
			listen();
		}, againMilliseconds);
	};
}
listen();
document.addEventListener('visibilitychange', () => {
	if (stale) plan();
});
