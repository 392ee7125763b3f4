// Adds up a ballot while it is filled in; without this, a button does.
const locale = document.documentElement.lang === 'en' ? 'en-GB' : 'fr-FR';
/** @param {number} cents */
const money = (cents) =>
	new Intl.NumberFormat(locale, {
		style: 'currency',
		currency: 'EUR',
		minimumFractionDigits: cents % 100 ? 2 : 0,
		maximumFractionDigits: cents % 100 ? 2 : 0,
	}).format(cents / 100);

for (const group of /** @type {NodeListOf<HTMLFieldSetElement>} */ (
	document.querySelectorAll('[data-ballot]')
)) {
	const budget = Number(group.dataset.budget);
	const fields = [...group.querySelectorAll('input')];
	const add = () => {
		const ticked = fields.filter((field) =>
			field.type === 'number' ? Number(field.value) > 0 : field.checked && field.value,
		);
		const spent = ticked.reduce((sum, field) => sum + Number(field.dataset.cost ?? 0), 0);
		const given = ticked.reduce((sum, field) => sum + Number(field.value), 0);
		/** @type {Record<string, string>} */
		const figures = {
			number: String(ticked.length),
			given: String(given),
			spent: money(spent),
			left: money(budget - spent),
		};
		for (const line of /** @type {NodeListOf<HTMLElement>} */ (group.querySelectorAll('[data-words]')))
			line.textContent = (line.dataset.words ?? '').replace(
				/\{(\w+)\}/g,
				(blank, name) => figures[name] ?? blank,
			);
		const over = spent > budget && group.dataset.ballot === 'knapsack';
		group.classList.toggle(
			'over',
			over || (group.dataset.points !== undefined && given > Number(group.dataset.points)),
		);
		const bar = group.querySelector('progress');
		if (bar) bar.value = Math.min(spent, budget);
	};
	group.addEventListener('input', add);
	add();
}
document.querySelector('[data-add-up]')?.remove();
