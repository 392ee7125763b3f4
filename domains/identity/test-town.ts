import type { Result } from '@parvis/platform';
import { createTestPlatform } from '@parvis/platform/testing';
import { createIdentity } from './index.ts';
import type { Cookie, Visit } from './visit.ts';

/** A town with identity alone, for this room's tests: small passwords' cost, no waiting. */
export async function openTown(env: Record<string, string> = {}) {
	const { platform, built, close } = await createTestPlatform(
		(platform) => ({
			identity: createIdentity(platform, {
				passwordCost: { memoryCost: 64, timeCost: 1 },
				evenAnswerMilliseconds: 0,
			}),
		}),
		env,
	);
	const { identity } = built;

	/** A browser that keeps its cookies from one visit to the next. */
	function browser(userAgent = 'Firefox') {
		const jar = new Map<string, string>();
		return {
			visit: (address = '192.0.2.1'): Visit => ({
				headers: new Headers({
					cookie: [...jar].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; '),
					'user-agent': userAgent,
					origin: platform.config.publicUrl,
				}),
				address,
				locale: 'fr',
			}),
			take(result: Result<{ cookies: Cookie[] }>) {
				if (!result.ok) throw new Error(`refused: ${result.error}`);
				for (const { name, value, options } of result.value.cookies)
					if (options.maxAge === 0) jar.delete(name);
					else jar.set(name, value);
			},
			jar,
		};
	}

	const lettersTo = async (email: string) => (await platform.mail.list()).filter(({ to }) => to === email);
	const tokenIn = (letter: { text: string } | undefined) =>
		/jeton=([\w-]+)/.exec(letter?.text ?? '')?.[1] ?? '';

	/** Someone with a confirmed account, signed in in their browser. */
	async function person(email: string, name: string, userAgent = 'Firefox') {
		const credentials = { email, name, password: 'girafe nuage tambour' };
		const own = browser(userAgent);
		const signedUp = await identity.signUp(own.visit(), credentials);
		if (!signedUp.ok) throw new Error(signedUp.error);
		const [letter] = await lettersTo(email);
		const verified = await identity.verifyEmail(tokenIn(letter));
		if (!verified.ok) throw new Error(verified.error);
		own.take(await identity.signInWithPassword(own.visit(), credentials));
		return { personId: verified.value.personId, browser: own, credentials };
	}

	return { person, platform, identity, browser, lettersTo, tokenIn, close };
}

export type IdentityTown = Awaited<ReturnType<typeof openTown>>;

export type Browser = ReturnType<IdentityTown['browser']>;
