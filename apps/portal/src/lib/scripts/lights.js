// Keeps the map of lights fresh: each street carries its segment in `data-segment`, each figure in the list too.
const script = /** @type {HTMLScriptElement} */ (document.querySelector('script[data-lights]'));

/** @param {number | null} level */
function classOf(level) {
	if (level === null) return 'unknown';
	if (level <= 2) return 'dark';
	if (level <= 30) return 'low';
	if (level <= 55) return 'half';
	return level < 85 ? 'bright' : 'full';
}

/** @param {{ id: string, level: number | null, faultCount: number }} segment */
function show({ id, level, faultCount }) {
	const path = document.querySelector(`path[data-segment="${id}"]`);
	path?.setAttribute('class', `light ${classOf(level)}${faultCount ? ' faulty' : ''}`);
	const cell = document.querySelector(`[data-level="${id}"]`);
	if (cell) cell.textContent = level === null ? '–' : `${level} %`;
}

/** @type {EventSource | null} */
let source = null;
function listen() {
	if (source || document.hidden) return;
	source = new EventSource(script.dataset.lights ?? '');
	source.addEventListener('levels', (event) => JSON.parse(event.data).forEach(show));
}
// A page nobody looks at costs nothing.
document.addEventListener('visibilitychange', () => {
	if (document.hidden) {
		source?.close();
		source = null;
	} else listen();
});
listen();
