// Signs in with a passkey, or adds one to the account. The rest of both pages works without this script.
const section = /** @type {HTMLElement | null} */ (document.querySelector('[data-passkey]'));
const button = section?.querySelector('button[type="button"]');
const status = section?.querySelector('[role="status"]');

/**
 * @param {string} path
 * @param {unknown} [body]
 */
async function post(path, body) {
	const response = await fetch(`/api/v1/passkeys${path}`, {
		method: 'POST',
		...(body !== undefined && {
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		}),
	});
	const answer = await response.json();
	if (!response.ok) throw new Error(answer.detail ?? section?.dataset.refused);
	return answer;
}

async function signIn() {
	const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await post('/authentication-options'));
	const credential = /** @type {PublicKeyCredential} */ (await navigator.credentials.get({ publicKey }));
	const { next } = await post('/sign-in', { response: credential.toJSON() });
	const back = section?.dataset.return ?? '/compte';
	const pages = { second_factor: '/connexion/second-facteur', second_factor_setup: '/compte/second-facteur' };
	const page = pages[/** @type {keyof typeof pages} */ (next)];
	location.assign(page ? `${page}?retour=${encodeURIComponent(back)}` : back);
}

async function register() {
	const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await post('/registration-options'));
	const credential = /** @type {PublicKeyCredential} */ (await navigator.credentials.create({ publicKey }));
	const name =
		/** @type {HTMLInputElement | null} */ (section?.querySelector('input[name="name"]'))?.value ?? '';
	await post('', { response: credential.toJSON(), name });
	location.reload();
}

if (
	section &&
	button &&
	'PublicKeyCredential' in window &&
	'parseRequestOptionsFromJSON' in PublicKeyCredential
) {
	section.hidden = false;
	button.addEventListener('click', async () => {
		try {
			await (section.dataset.passkey === 'register' ? register() : signIn());
		} catch (error) {
			const abandoned = error instanceof DOMException;
			if (status)
				status.textContent =
					(abandoned ? null : /** @type {Error} */ (error).message) || section.dataset.refused || '';
		}
	});
}
