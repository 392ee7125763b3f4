import { deserialize } from '$app/forms';

/**
 * Send a form without leaving the page, which would end the call.
 * @returns the sentence that refuses it, null when it was taken
 * @throws when the town cannot be reached
 */
export async function sendForm(form: HTMLFormElement, submitter: HTMLElement | null): Promise<string | null> {
	return send(form.action, new FormData(form, submitter));
}

/** The same for fields that no form holds. */
export async function sendAct(fields: Record<string, string>): Promise<string | null> {
	const data = new FormData();
	for (const [name, value] of Object.entries(fields)) data.set(name, value);
	return send(location.pathname, data);
}

async function send(to: string, body: FormData): Promise<string | null> {
	const response = await fetch(to, { method: 'POST', headers: { 'x-sveltekit-action': 'true' }, body });
	const result = deserialize<Record<string, unknown>, { problem?: string }>(await response.text());
	if (result.type === 'failure') return result.data?.problem ?? '';
	if (result.type === 'error') throw new Error(result.error.message);
	return null;
}
