// Offers to count again, here, from the published ballots.
for (const box of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-recount]'))) {
	const status = /** @type {HTMLElement | null} */ (box.querySelector('[role="status"]'));
	const button = box.querySelector('button');
	if (!status || !button) continue;
	box.hidden = false;
	/** @param {string | undefined} words @param {Record<string, string | number>} [figures] */
	const say = (words, figures = {}) => {
		status.textContent = (words ?? '').replace(/\{(\w+)\}/g, (blank, name) => String(figures[name] ?? blank));
	};
	const fail = () => say(status.dataset.failed);
	button.addEventListener('click', async () => {
		say(status.dataset.busy);
		try {
			const answer = await fetch(box.dataset.recount ?? '');
			if (!answer.ok) return fail();
			const worker = new Worker(box.dataset.counting ?? '', { type: 'module' });
			worker.onerror = fail;
			worker.onmessage = ({ data }) => {
				worker.terminate();
				const official = new Set((box.dataset.selected ?? '').split(' ').filter(Boolean));
				const here = new Set(data.selected);
				const differing = [...official.symmetricDifference(here)];
				if (differing.length) say(status.dataset.different, { projects: differing.join(', ') });
				else say(status.dataset.same, { ballots: data.ballots, milliseconds: data.milliseconds });
			};
			worker.postMessage({ text: await answer.text(), rule: box.dataset.rule, seed: box.dataset.seed });
		} catch {
			fail();
		}
	});
}
