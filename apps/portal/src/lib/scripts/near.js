// Offers the visitor's own position. It goes to this site only, in the address of the page, and is not kept.
const button = /** @type {HTMLButtonElement | null} */ (document.querySelector('[data-locate]'));
const status = document.querySelector('[data-locate-status]');
if (button && 'geolocation' in navigator) {
	button.hidden = false;
	button.addEventListener('click', () => {
		navigator.geolocation.getCurrentPosition(
			({ coords }) => {
				// 100 m is near enough, and tells less.
				location.search = `?longitude=${coords.longitude.toFixed(3)}&latitude=${coords.latitude.toFixed(3)}`;
			},
			() => {
				if (status) status.textContent = button.dataset.refused ?? '';
			},
		);
	});
}
