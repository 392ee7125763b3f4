// Keeps the values of a page fresh. Each figure carries its series in `data-series`; nothing else is touched.
const script = /** @type {HTMLScriptElement} */ (document.querySelector('script[data-live]'));
const language = script.dataset.locale === 'en' ? 'en-GB' : 'fr-FR';
const ago = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
const justNow = script.dataset.locale === 'en' ? 'just now' : 'à l’instant';

/** @param {Element} time */
function showAge(time) {
	const seconds = (Date.now() - Date.parse(time.getAttribute('datetime') ?? '')) / 1000;
	if (seconds < 60) time.textContent = justNow;
	else if (seconds < 3600) time.textContent = ago.format(-Math.round(seconds / 60), 'minute');
	else if (seconds < 86_400) time.textContent = ago.format(-Math.round(seconds / 3600), 'hour');
}

/** @param {{ series: number, value: number, observedAt: string }} fresh */
function show(fresh) {
	for (const figure of document.querySelectorAll(`[data-series="${fresh.series}"]`)) {
		const decimals = Number(figure.getAttribute('data-decimals') ?? 0);
		const value = figure.querySelector('[data-value]');
		const time = figure.querySelector('[data-when]');
		if (value)
			value.textContent = new Intl.NumberFormat(language, {
				minimumFractionDigits: decimals,
				maximumFractionDigits: decimals,
			}).format(fresh.value);
		if (time) {
			time.setAttribute('datetime', fresh.observedAt);
			showAge(time);
		}
	}
}

/** @type {EventSource | null} */
let source = null;
function listen() {
	if (source || document.hidden) return;
	source = new EventSource(script.dataset.live ?? '');
	source.addEventListener('values', (event) => JSON.parse(event.data).forEach(show));
}
// A page nobody looks at costs nothing.
document.addEventListener('visibilitychange', () => {
	if (document.hidden) {
		source?.close();
		source = null;
	} else listen();
});
listen();
setInterval(() => document.querySelectorAll('[data-when]').forEach(showAge), 30_000);
