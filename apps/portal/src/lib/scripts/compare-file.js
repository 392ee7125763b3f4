// Compares a file with the certificate's fingerprint without sending it anywhere; without this, the fingerprint is read.
const box = /** @type {HTMLElement | null} */ (document.querySelector('[data-compare]'));
const expected = /** @type {HTMLElement | null} */ (document.querySelector('[data-sha256]'))?.dataset.sha256;
const field = box?.querySelector('input');
const result = /** @type {HTMLElement | null | undefined} */ (box?.querySelector('[data-result]'));
if (box && field && result && expected && globalThis.crypto?.subtle) {
	box.hidden = false;
	field.addEventListener('change', async () => {
		const file = field.files?.[0];
		result.textContent = '';
		if (!file) return;
		try {
			const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
			const found = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
			result.textContent = (found === expected ? result.dataset.same : result.dataset.other) ?? '';
		} catch {
			result.textContent = result.dataset.unreadable ?? '';
		}
	});
}
