// Signatures drawn by finger or mouse: their lines go into the hidden field beside the frame, as points from 0 to 1.
for (const pad of document.querySelectorAll('[data-signature]')) {
	const canvas = /** @type {HTMLCanvasElement | null} */ (pad.querySelector('canvas'));
	const field = /** @type {HTMLInputElement | null} */ (pad.querySelector('input[type=hidden]'));
	const clear = pad.querySelector('[data-clear]');
	const pen = canvas?.getContext('2d');
	if (!canvas || !field || !pen) continue;
	/** @type {[number, number][][]} */
	let lines = [];
	/** @type {number | null} */
	let pointer = null;
	pen.lineWidth = 4;
	pen.lineCap = 'round';
	pen.lineJoin = 'round';
	pen.strokeStyle = '#1a1a1a';
	const write = () => {
		field.value = lines.length ? JSON.stringify(lines) : '';
	};
	/** @param {PointerEvent} event @returns {[number, number]} */
	const at = (event) => {
		const box = canvas.getBoundingClientRect();
		const share = (/** @type {number} */ offset, /** @type {number} */ size) =>
			Math.round(Math.min(1, Math.max(0, offset / size)) * 1000) / 1000;
		return [share(event.clientX - box.left, box.width), share(event.clientY - box.top, box.height)];
	};
	canvas.addEventListener('pointerdown', (event) => {
		if (pointer !== null) return;
		pointer = event.pointerId;
		canvas.setPointerCapture(pointer);
		lines.push([at(event)]);
		event.preventDefault();
	});
	canvas.addEventListener('pointermove', (event) => {
		const line = lines.at(-1);
		if (event.pointerId !== pointer || !line || line.length >= 2000) return;
		const from = line.at(-1);
		const to = at(event);
		if (!from || (from[0] === to[0] && from[1] === to[1])) return;
		line.push(to);
		pen.beginPath();
		pen.moveTo(from[0] * canvas.width, from[1] * canvas.height);
		pen.lineTo(to[0] * canvas.width, to[1] * canvas.height);
		pen.stroke();
	});
	for (const end of /** @type {const} */ (['pointerup', 'pointercancel']))
		canvas.addEventListener(end, (event) => {
			if (event.pointerId !== pointer) return;
			pointer = null;
			write();
		});
	clear?.addEventListener('click', () => {
		lines = [];
		pen.clearRect(0, 0, canvas.width, canvas.height);
		write();
	});
	/** @type {HTMLElement} */ (pad).hidden = false;
}
