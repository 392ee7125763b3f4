import type { AnyTransaction } from '@parvis/platform';
import type { Context } from './context.ts';

/**
 * Write to people about something they did or owe, each in their language: subject and text are the messages
 * `participation.<letter>_subject` and `participation.<letter>_text`, the link comes last. Who has no confirmed address, or
 * no account any more, gets none.
 * @param path of the site
 */
export async function writeTo(
	context: Context,
	trx: AnyTransaction,
	personIds: readonly (string | null)[],
	letter: string,
	detail: Record<string, string | number>,
	path: string,
): Promise<void> {
	const { identity, platform } = context;
	const known = new Set(personIds.filter((id) => id !== null));
	for (const { email, name, locale } of (await identity.people.addresses([...known])).values()) {
		const t = (part: string) =>
			platform.messages.t(locale, `participation.${letter}_${part}`, { name, ...detail });
		await platform.mail.send(
			{ to: email, subject: t('subject'), text: `${t('text')}\n\n${platform.config.publicUrl}${path}` },
			trx,
		);
	}
}
