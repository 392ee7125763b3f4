// Lets the items of a list be dragged into another order, with a pointer; the buttons beside them do the same by keyboard.
for (const list of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-reorder]'))) {
	const form = /** @type {HTMLFormElement | null} */ (document.getElementById(list.dataset.reorder ?? ''));
	const field = form?.querySelector('input');
	if (!form || !field) continue;
	const items = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll(':scope > [data-id]')]);
	const order = () =>
		items()
			.map((item) => item.dataset.id)
			.join(' ');
	const before = order();
	for (const handle of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll('[data-handle]'))) {
		const item = /** @type {HTMLElement | null} */ (handle.closest('[data-id]'));
		if (!item) continue;
		handle.hidden = false;
		handle.addEventListener('pointerdown', (start) => {
			if (start.button !== 0) return;
			start.preventDefault();
			item.classList.add('dragged');
			// The window hears them: an element that moves in the document would lose the pointer.
			const dropped = new AbortController();
			const { signal } = dropped;
			/** @param {PointerEvent} event */
			const move = (event) => {
				const next = items().find((one) => {
					const { top, height } = one.getBoundingClientRect();
					return one !== item && event.clientY < top + height / 2;
				});
				if (next ? next !== item.nextElementSibling : item !== items().at(-1))
					list.insertBefore(item, next ?? null);
			};
			const drop = () => {
				dropped.abort();
				item.classList.remove('dragged');
				if (order() === before) return;
				field.value = order();
				form.requestSubmit();
			};
			window.addEventListener('pointermove', move, { signal });
			window.addEventListener('pointerup', drop, { signal });
			window.addEventListener('pointercancel', drop, { signal });
		});
	}
}
