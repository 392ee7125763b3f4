import { ok, type Result, refuse } from '@parvis/platform';
import { isAPIError } from 'better-auth/api';
import type { createAccounts } from './accounts.ts';
import { type Context, evenly } from './context.ts';
import { parseEmail } from './people.ts';
import type { SignedIn } from './sessions.ts';
import { safeReturnTo, type Visit } from './visit.ts';

/** Sign-in by a link sent by mail, good once, for 15 minutes. It makes no accounts. */
export function createMagicLinks(
	{ auth, sessions, evenAnswerMilliseconds }: Context,
	{ inner }: ReturnType<typeof createAccounts>,
) {
	/** The answer never tells whether the account exists. */
	async function request(visit: Visit, address: string): Promise<Result<null>> {
		const email = parseEmail(address);
		if (!email.ok) return email;
		const letter = await inner.takeLetter(visit, email.value);
		if (!letter.ok) return letter;
		await evenly(evenAnswerMilliseconds, () =>
			auth.api.signInMagicLink({ body: { email: email.value }, headers: visit.headers }),
		);
		return ok(null);
	}

	/** Use the link's token; call it when the person clicks the page's button, not when the page is opened. */
	async function complete(
		visit: Visit,
		token: string,
		returnTo?: string,
	): Promise<Result<SignedIn & { returnTo: string }>> {
		let answer: Headers;
		try {
			const { headers } = await auth.api.magicLinkVerify({
				query: { token },
				headers: visit.headers,
				returnHeaders: true,
			});
			answer = headers;
		} catch (error) {
			if (!isAPIError(error)) throw error;
			return refuse('identity.link_expired');
		}
		const settled = await sessions.settle(visit, answer, 'magic_link');
		return settled.ok ? ok({ ...settled.value, returnTo: safeReturnTo(returnTo) }) : settled;
	}

	return { request, complete };
}
