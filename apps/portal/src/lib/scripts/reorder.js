// Lets the items of a list be dragged into another order, with a pointer; the buttons beside them do the same by keyboard.
for (const list of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-reorder]'))) {
	const form = /** @type {HTMLFormElement | null} */ (document.getElementById(list.dataset.reorder ?? ''));
	const field = form?.querySelector('input');
	if (!form || !field) continue;
	/** @type {HTMLElement | null} */
	let dragged = null;
	const items = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll(':scope > [data-id]')]);
	const before = items()
		.map((item) => item.dataset.id)
		.join(' ');
	for (const handle of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll('[data-handle]'))) {
		handle.hidden = false;
		const item = /** @type {HTMLElement | null} */ (handle.closest('[data-id]'));
		if (!item) continue;
		handle.addEventListener('pointerdown', (event) => {
			if (event.button !== 0) return;
			dragged = item;
			item.classList.add('dragged');
			handle.setPointerCapture(event.pointerId);
			event.preventDefault();
		});
		handle.addEventListener('pointermove', (event) => {
			if (!dragged) return;
			const above = items().find((one) => {
				const { top, height } = one.getBoundingClientRect();
				return one !== dragged && event.clientY < top + height / 2;
			});
			if (above ? above !== dragged.nextElementSibling : dragged !== items().at(-1))
				list.insertBefore(dragged, above ?? null);
		});
		const drop = () => {
			if (!dragged) return;
			dragged.classList.remove('dragged');
			dragged = null;
			const order = items()
				.map((one) => one.dataset.id)
				.join(' ');
			if (order === before) return;
			field.value = order;
			form.requestSubmit();
		};
		handle.addEventListener('pointerup', drop);
		handle.addEventListener('pointercancel', drop);
	}
}
