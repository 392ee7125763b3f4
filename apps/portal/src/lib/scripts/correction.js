// The correction of a transcript by keyboard: plays the line, goes to the next and the previous one, saves. Without it the
// same is done with the player's own controls, links and buttons.
const desk = document.querySelector('[data-correction]');
const video = /** @type {HTMLVideoElement | null} */ (desk?.querySelector('[data-clip]') ?? null);
const form = /** @type {HTMLFormElement | null} */ (desk?.querySelector('[data-line]') ?? null);
const keys = /** @type {HTMLElement | null} */ (desk?.querySelector('[data-keys]') ?? null);
const text = /** @type {HTMLTextAreaElement | null} */ (form?.querySelector('textarea') ?? null);

if (keys) keys.hidden = false;
text?.focus({ preventScroll: true });

/** @param {string} name */
const follow = (name) =>
	/** @type {HTMLAnchorElement | null} */ (desk?.querySelector(`[data-${name}]`))?.click();

addEventListener('keydown', (event) => {
	if (event.ctrlKey && event.key === 'Enter') {
		event.preventDefault();
		form?.requestSubmit(form.querySelector('button'));
	} else if (event.altKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
		event.preventDefault();
		follow(event.key === 'ArrowDown' ? 'next' : 'previous');
	} else if (event.ctrlKey && event.key === ' ') {
		event.preventDefault();
		if (video?.paused) video.play().catch(() => {});
		else video?.pause();
	} else if (event.altKey && event.key === 'Home' && video) {
		event.preventDefault();
		video.currentTime = 0;
		video.play().catch(() => {});
	}
});
