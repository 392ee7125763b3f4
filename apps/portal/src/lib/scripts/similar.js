// While an idea is typed: those that say the same, under the form. The next step shows them without a script too.
const box = /** @type {HTMLElement | null} */ (document.querySelector('[data-similar]'));
const title = /** @type {HTMLInputElement | null} */ (document.querySelector('input[name="title"]'));
const body = /** @type {HTMLTextAreaElement | null} */ (document.querySelector('textarea[name="body"]'));
const list = box?.querySelector('ul');
let waiting = 0;
let asked = '';

async function look() {
	if (!box || !list || !title || !body) return;
	const query = new URLSearchParams({ titre: title.value.slice(0, 150), texte: body.value.slice(0, 300) });
	const address = `${box.dataset.similar}?${query}`;
	if (address === asked) return;
	asked = address;
	try {
		const answer = await fetch(address);
		if (!answer.ok || address !== asked) return;
		/** @type {{ title: string, url: string }[]} */
		const found = await answer.json();
		list.replaceChildren(
			...found.map((idea) => {
				const item = document.createElement('li');
				const link = document.createElement('a');
				link.href = idea.url;
				link.target = '_blank';
				link.textContent = idea.title;
				item.append(link);
				return item;
			}),
		);
		box.hidden = found.length === 0;
	} catch {
		// The next step looks again.
	}
}

for (const field of [title, body])
	field?.addEventListener('input', () => {
		clearTimeout(waiting);
		waiting = window.setTimeout(look, 400);
	});
