import { hash, verify } from '@node-rs/argon2';
import { ok, type Result, refuse } from '@parvis/platform';

/** Cost of argon2id. The default is OWASP's first choice (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane. */
export interface PasswordCost {
	/** KiB. */
	memoryCost: number;
	timeCost: number;
}

export const defaultPasswordCost: PasswordCost = { memoryCost: 19_456, timeCost: 2 };
export const minimumPasswordLength = 12;
export const maximumPasswordLength = 200;

/** argon2id (RFC 9106), as a PHC string. */
export function hashPassword(password: string, cost: PasswordCost): Promise<string> {
	return hash(password, { algorithm: 2, parallelism: 1, ...cost });
}

export async function verifyPassword(password: string, phc: string): Promise<boolean> {
	try {
		return await verify(phc, password);
	} catch {
		return false;
	}
}

const commonWords = [
	'motdepasse',
	'password',
	'passwort',
	'azertyuiop',
	'azerty',
	'qwertyuiop',
	'qwerty',
	'bonjour',
	'bienvenue',
	'soleil',
	'chocolat',
	'doudou',
	'loulou',
	'marseille',
	'france',
	'mairie',
	'commune',
	'parvis',
	'admin',
	'administrateur',
	'administrator',
	'welcome',
	'letmein',
	'iloveyou',
	'jetaime',
	'football',
	'princesse',
	'princess',
	'dragon',
	'monkey',
	'sunshine',
	'superman',
	'starwars',
	'nicolas',
	'camille',
	'thomas',
	'secret',
	'changeme',
	'master',
	'login',
	'abcdefghijkl',
	'abcdef',
	'motdepass',
	'passw',
	'test',
	'user',
	'utilisateur',
	'ville',
	'mdp',
	'pass',
]; // prettier-ignore
const runs = [
	'01234567890123456789',
	'abcdefghijklmnopqrstuvwxyz',
	'azertyuiopqsdfghjklmwxcvbn',
	'qwertyuiopasdfghjklzxcvbnm',
];

/**
 * Whether a password is long enough and not one that guessers try first: a common word with digits around it,
 * one piece repeated, a run of the keyboard, or the person's own name or address (NIST SP 800-63B, 3.1.1.2).
 */
export function checkPassword(password: string, ...personal: readonly string[]): Result<string> {
	if (password.length < minimumPasswordLength)
		return refuse('identity.password_too_short', { min: minimumPasswordLength });
	if (password.length > maximumPasswordLength)
		return refuse('identity.password_too_long', { max: maximumPasswordLength });
	return guessable(password, personal) ? refuse('identity.password_too_common') : ok(password);
}

function guessable(password: string, personal: readonly string[]): boolean {
	const raw = password.toLowerCase();
	if (new Set(raw).size < 5) return true;
	if (/^(.{1,5})\1+.{0,4}$/.test(raw)) return true;
	const plain = raw.normalize('NFKD').replace(/\p{M}/gu, '');
	// Signs put in the place of letters fool nobody.
	const spelled = plain.replace(/[@4]/g, 'a').replace(/3/g, 'e').replace(/0/g, 'o').replace(/[$5]/g, 's');
	const words = [...personal.flatMap(pieces), ...commonWords].toSorted((a, b) => b.length - a.length);
	return [withoutWords(plain, words), withoutWords(spelled, words), withoutRuns(raw)].some(
		(rest) => weight(rest) < 4,
	);
}

function withoutWords(text: string, words: readonly string[]): string {
	return words.reduce((rest, word) => rest.replaceAll(word, ''), text);
}

function withoutRuns(text: string): string {
	let rest = text;
	for (const run of runs)
		for (const line of [run, [...run].reverse().join('')])
			for (let length = 12; length >= 4; length--)
				for (let at = 0; at + length <= line.length; at++)
					rest = rest.replaceAll(line.slice(at, at + length), '');
	return rest;
}

/** What remains once the guessable parts are gone: a letter counts one, each different other sign one half. */
function weight(text: string): number {
	return text.replace(/\P{L}/gu, '').length + new Set(text.replace(/\p{L}/gu, '')).size / 2;
}

function pieces(personal: string): string[] {
	return personal
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.split(/[^a-z0-9]+/)
		.filter((piece) => piece.length >= 4);
}
