// Keys on the board of reviews: j and k go from idea to idea, x chooses, Enter on a title opens it as any link does.
const board = document.querySelector('[data-board]');
const rows = /** @type {HTMLElement[]} */ ([...(board?.querySelectorAll('tbody tr') ?? [])]);

document.addEventListener('keydown', (event) => {
	if (event.ctrlKey || event.metaKey || event.altKey) return;
	const at = /** @type {HTMLElement} */ (event.target);
	// In a field the letters are letters.
	if (at.closest('input:not([type="checkbox"]), select, textarea')) return;
	const here = rows.findIndex((row) => row.contains(document.activeElement));
	if (event.key === 'j' || event.key === 'k') {
		const next = rows[Math.min(Math.max(here + (event.key === 'j' ? 1 : -1), 0), rows.length - 1)];
		next?.querySelector('a')?.focus();
		next?.scrollIntoView({ block: 'nearest' });
	}
	if (event.key === 'x' && here >= 0) rows[here]?.querySelector('input')?.click();
});
