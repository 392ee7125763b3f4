// Moves the trucks on the map and keeps the progress of rounds; without it a reload shows the same.
const drawing = /** @type {SVGSVGElement | null} */ (document.querySelector('.waste-map svg'));
const data = drawing?.dataset ?? {};

/** @param {{ roundId: string, longitude: number, latitude: number }} position */
function move(position) {
	const truck = drawing?.querySelector(`[data-truck="${position.roundId}"]`);
	if (!truck) return;
	const x = (position.longitude - Number(data.west)) * Number(data.metresEast);
	const y = (Number(data.north) - position.latitude) * Number(data.metresNorth);
	truck.setAttribute('transform', `translate(${x.toFixed(0)} ${y.toFixed(0)})`);
	truck.setAttribute('visibility', 'visible');
}

/** @type {EventSource | null} */
let source = null;
function listen() {
	if (source || document.hidden) return;
	source = new EventSource('/api/v1/field/positions/live');
	source.addEventListener('positions', (event) => JSON.parse(event.data).forEach(move));
}

/** What drivers did since: the parts of the page marked so are taken anew from the server. */
async function refresh() {
	if (document.hidden) return;
	const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
	if (!answer.ok) return;
	const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
	for (const part of document.querySelectorAll('[data-fresh]')) {
		// Nothing is taken away under somebody's hands.
		if (part.contains(document.activeElement)) continue;
		const anew = fresh.querySelector(`[data-fresh="${part.getAttribute('data-fresh')}"]`);
		if (anew && anew.innerHTML !== part.innerHTML) part.replaceChildren(...anew.childNodes);
	}
}
// A page nobody looks at costs nothing.
document.addEventListener('visibilitychange', () => {
	if (document.hidden) {
		source?.close();
		source = null;
	} else listen();
});
listen();
setInterval(() => refresh().catch(() => {}), 20_000);
