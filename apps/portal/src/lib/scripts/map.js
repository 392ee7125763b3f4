// The map. The list beside it has the same content; without this script the list is all there is.
const holder = /** @type {HTMLElement} */ (document.querySelector('[data-map]'));
const data = holder.dataset;
const colour = (/** @type {string} */ name) =>
	getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const blank = { type: 'FeatureCollection', features: [] };

/** The town's own drawing, where no tile service is configured: nothing is asked of anybody else. */
function ownStyle() {
	const layer = (/** @type {string} */ name) => ({ type: 'geojson', data: `/api/v1/map/${name}` });
	const isLarge = [
		'match',
		['get', 'class'],
		['motorway', 'trunk', 'primary', 'secondary', 'tertiary'],
		true,
		false,
	];
	const isPath = [
		'match',
		['get', 'class'],
		['footway', 'path', 'pedestrian', 'cycleway', 'steps', 'service'],
		true,
		false,
	];
	const width = (/** @type {number} */ extra) => [
		'interpolate',
		['exponential', 1.6],
		['zoom'],
		11,
		['case', isLarge, 1.2 + extra, isPath, 0.2 + extra, 0.5 + extra],
		15,
		['case', isLarge, 6 + extra, isPath, 1.5 + extra, 3.5 + extra],
		18,
		['case', isLarge, 26 + extra, isPath, 7 + extra, 17 + extra],
	];
	const round = { 'line-cap': 'round', 'line-join': 'round' };
	return {
		version: 8,
		sources: Object.fromEntries(
			['boundary', 'green', 'water', 'buildings', 'streets', 'districts'].map((name) => [name, layer(name)]),
		),
		layers: [
			{ id: 'ground', type: 'background', paint: { 'background-color': colour('--map-ground') } },
			{ id: 'green', type: 'fill', source: 'green', paint: { 'fill-color': colour('--map-green') } },
			{
				id: 'water',
				type: 'fill',
				source: 'water',
				filter: ['==', ['geometry-type'], 'Polygon'],
				paint: { 'fill-color': colour('--map-water') },
			},
			{
				id: 'stream',
				type: 'line',
				source: 'water',
				filter: ['==', ['geometry-type'], 'LineString'],
				paint: { 'line-color': colour('--map-water'), 'line-width': 5 },
			},
			{
				id: 'buildings',
				type: 'fill',
				source: 'buildings',
				minzoom: 13,
				paint: { 'fill-color': colour('--map-building') },
			},
			{
				id: 'street-edges',
				type: 'line',
				source: 'streets',
				layout: round,
				paint: { 'line-color': colour('--map-street-edge'), 'line-width': width(1.5) },
			},
			{
				id: 'streets',
				type: 'line',
				source: 'streets',
				layout: round,
				paint: { 'line-color': colour('--map-street'), 'line-width': width(0) },
			},
			{
				id: 'districts',
				type: 'line',
				source: 'districts',
				paint: {
					'line-color': colour('--ink-soft'),
					'line-width': 1,
					'line-dasharray': [3, 3],
					'line-opacity': 0.6,
				},
			},
			{
				id: 'boundary',
				type: 'line',
				source: 'boundary',
				paint: { 'line-color': colour('--ink-soft'), 'line-width': 2, 'line-dasharray': [4, 2] },
			},
			{
				id: 'street-names',
				type: 'symbol',
				source: 'streets',
				minzoom: 15,
				layout: {
					'symbol-placement': 'line',
					'text-field': ['get', 'name'],
					'text-size': 13,
					'text-font': ['Atkinson Hyperlegible Next'],
				},
				paint: {
					'text-color': colour('--ink'),
					'text-halo-color': colour('--map-street'),
					'text-halo-width': 1.5,
				},
			},
		],
	};
}

/** @param {string} tag @param {string} text @param {string} [href] */
function element(tag, text, href) {
	const made = document.createElement(tag);
	made.textContent = text;
	if (href) made.setAttribute('href', href);
	return made;
}

/**
 * The page's form takes the point that is pressed: it hears `pick` on the holder. `pick-centre` asks for the middle, which
 * the arrow keys move.
 * @param {any} library
 * @param {any} map
 */
function letPick(library, map) {
	const marker = new library.Marker({ color: colour('--accent') });
	const pick = (/** @type {{ lng: number, lat: number }} */ { lng, lat }) => {
		marker.setLngLat([lng, lat]).addTo(map);
		holder.dispatchEvent(new CustomEvent('pick', { detail: { longitude: lng, latitude: lat } }));
	};
	map.on('click', (/** @type {{ lngLat: { lng: number, lat: number } }} */ { lngLat }) => pick(lngLat));
	holder.addEventListener('pick-centre', () => pick(map.getCenter()));
}

async function draw() {
	const library = await import(/* @vite-ignore */ data.library ?? '');
	library.setWorkerUrl(data.worker);
	holder.replaceChildren();
	const bounds = data.bounds ? JSON.parse(data.bounds) : [-5, 42, 8, 51];
	const chosen = data.chosen ? JSON.parse(data.chosen) : null;
	const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
	const map = new library.Map({
		container: holder,
		style: data.styleUrl || ownStyle(),
		bounds,
		fitBoundsOptions: { padding: 24 },
		maxBounds: data.bounds ? [bounds[0] - 0.2, bounds[1] - 0.2, bounds[2] + 0.2, bounds[3] + 0.2] : undefined,
		attributionControl: data.styleUrl ? {} : false,
		locale: JSON.parse(data.controls ?? '{}'),
		cooperativeGestures: false,
		dragRotate: false,
		pitchWithRotate: false,
		fadeDuration: still ? 0 : 200,
	});
	map.touchZoomRotate.disableRotation();
	map.addControl(new library.NavigationControl({ showCompass: false }), 'top-right');
	map.addControl(new library.FullscreenControl(), 'top-right');
	map.on('load', () => {
		const accent = colour('--accent');
		const measure = data.measure;
		map.addSource('shown', {
			type: 'geojson',
			data:
				data.source ||
				(measure ? `/carte/mesures?mesure=${encodeURIComponent(measure)}` : '/api/v1/map/places'),
		});
		const filter = data.theme && !measure ? { filter: ['==', ['get', 'theme'], data.theme] } : {};
		map.addLayer({
			id: 'shown',
			type: 'circle',
			source: 'shown',
			...filter,
			paint: {
				'circle-color': accent,
				'circle-radius': ['interpolate', ['linear'], ['zoom'], 12, measure ? 6 : 4, 17, 10],
				'circle-stroke-color': colour('--paper'),
				'circle-stroke-width': 2,
			},
		});
		map.addLayer({
			id: 'shown-names',
			type: 'symbol',
			source: 'shown',
			minzoom: measure ? 0 : 15,
			...filter,
			layout: {
				'text-field': ['get', measure ? 'text' : 'name'],
				'text-size': 13,
				'text-font': ['Atkinson Hyperlegible Next'],
				'text-anchor': 'top',
				'text-offset': [0, 0.8],
				'text-optional': true,
				'text-max-width': 9,
			},
			paint: { 'text-color': colour('--ink'), 'text-halo-color': colour('--paper'), 'text-halo-width': 1.5 },
		});
		if (chosen) {
			map.jumpTo({ center: [chosen.longitude, chosen.latitude], zoom: 16.5 });
			new library.Marker({ color: accent }).setLngLat([chosen.longitude, chosen.latitude]).addTo(map);
		}
		holder.dataset.ready = 'true';
		if (data.pick !== undefined) letPick(library, map);
	});
	map.on(
		'click',
		'shown',
		(
			/** @type {{ features?: { properties: Record<string, string>, geometry: { coordinates: [number, number] } }[] }} */ event,
		) => {
			const feature = event.features?.[0];
			if (!feature || data.pick !== undefined) return;
			const content = element('div', '');
			content.className = 'map-popup';
			const { name = '', slug, text, url } = feature.properties;
			const title = element('p', '');
			const link = url ?? (slug && `/lieux/${slug}`);
			title.append(link ? element('a', name, link) : element('strong', name));
			content.append(title);
			if (text) content.append(element('p', text));
			new library.Popup({ closeButton: true, focusAfterOpen: true })
				.setLngLat(feature.geometry.coordinates)
				.setDOMContent(content)
				.addTo(map);
		},
	);
	map.on('mouseenter', 'shown', () => {
		map.getCanvas().style.cursor = 'pointer';
	});
	map.on('mouseleave', 'shown', () => {
		map.getCanvas().style.cursor = '';
	});
	// A background that is missing must not take the places with it.
	map.on('error', (/** @type {{ sourceId?: string }} */ event) => {
		if (event.sourceId && event.sourceId !== 'shown') map.getSource(event.sourceId)?.setData?.(blank);
	});
}

draw().catch(() => {
	holder.replaceChildren(element('p', data.failed ?? ''));
	holder.classList.add('failed');
});
