// Helps to say where it is: the visitor's own position, or a point on the plan. Without it the address does.
const form = /** @type {HTMLFormElement | null} */ (document.querySelector('[data-report-place]'));
const part = (/** @type {string} */ name) =>
	/** @type {HTMLElement | null} */ (form?.querySelector(`[data-report-${name}]`) ?? null);
const [locate, plan, centre, status, mapPart] = ['locate', 'plan', 'centre', 'status', 'map'].map(part);
const holder = /** @type {HTMLElement | null} */ (form?.querySelector('[data-map]') ?? null);
const field = (/** @type {string} */ name) =>
	/** @type {HTMLInputElement | null} */ (form?.elements.namedItem(name) ?? null);

function say(/** @type {string} */ text) {
	if (status) status.textContent = text;
}

function take(/** @type {number} */ longitude, /** @type {number} */ latitude) {
	const [x, y] = [field('longitude'), field('latitude')];
	if (x) x.value = longitude.toFixed(6);
	if (y) y.value = latitude.toFixed(6);
	say(status?.dataset.found ?? '');
}

if (form && locate && 'geolocation' in navigator) {
	locate.hidden = false;
	locate.addEventListener('click', () => {
		navigator.geolocation.getCurrentPosition(
			({ coords }) => take(coords.longitude, coords.latitude),
			() => say(locate.dataset.refused ?? ''),
			{ enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
		);
	});
}
// Another address is another place.
field('address')?.addEventListener('input', () => {
	for (const name of ['longitude', 'latitude']) {
		const input = field(name);
		if (input) input.value = '';
	}
	say('');
});
if (form && plan && mapPart && holder) {
	plan.hidden = false;
	holder.addEventListener('pick', (event) => {
		const { longitude, latitude } = /** @type {CustomEvent} */ (event).detail;
		take(longitude, latitude);
	});
	centre?.addEventListener('click', () => holder.dispatchEvent(new Event('pick-centre')));
	plan.addEventListener('click', async () => {
		mapPart.hidden = !mapPart.hidden;
		plan.setAttribute('aria-expanded', String(!mapPart.hidden));
		if (mapPart.hidden || holder.dataset.asked) return;
		holder.dataset.asked = 'true';
		const link = document.createElement('link');
		link.rel = 'stylesheet';
		link.href = holder.dataset.styles ?? '';
		document.head.append(link);
		await import(/* @vite-ignore */ holder.dataset.script ?? '');
	});
}
