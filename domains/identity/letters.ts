import type { AnyTransaction, Locale, Platform } from '@parvis/platform';
import { hasRealAddress } from './people.ts';

export type LetterKind =
	| 'magic_link'
	| 'verification'
	| 'account_exists'
	| 'password_reset'
	| 'password_changed'
	| 'new_sign_in'
	| 'invitation'
	| 'email_change'
	| 'email_changed'
	| 'second_factor_off';

export interface Addressee {
	email: string;
	name: string;
	locale: Locale;
}

export interface Letters {
	/** Write to a person in their language; does nothing for someone who gave no address. */
	send(
		kind: LetterKind,
		to: Addressee,
		parameters?: Record<string, string | number>,
		trx?: AnyTransaction,
	): Promise<void>;
}

/** Letters are the messages `identity.letter.<kind>.subject` and `.body`; blanks: `name`, `link`, … */
export function createLetters(platform: Platform): Letters {
	return {
		async send(kind, { email, name, locale }, parameters = {}, trx) {
			if (!hasRealAddress(email)) return;
			const filled = { name, ...parameters };
			const text = (part: string) => platform.messages.t(locale, `identity.letter.${kind}.${part}`, filled);
			await platform.mail.send({ to: email, subject: text('subject'), text: text('body') }, trx);
		},
	};
}
