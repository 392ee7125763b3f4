import type { Kysely } from 'kysely';
import nodemailer from 'nodemailer';
import type { Configuration } from './configuration.ts';
import type { AnyTransaction } from './database.ts';
import { newId } from './ids.ts';
import type { Jobs } from './jobs.ts';
import type { DB } from './tables.ts';

export interface Letter {
	to: string;
	subject: string;
	text: string;
	html?: string;
	/** Address at which a POST ends such letters: List-Unsubscribe of RFC 8058. */
	unsubscribeUrl?: string;
}

export interface KeptLetter extends Letter {
	id: string;
	status: 'waiting' | 'kept' | 'sent' | 'failed';
	createdAt: Date;
	sentAt: Date | null;
}

export interface Mail {
	/** Record a letter, in the caller's transaction when there is one, and have a worker send it; retried for a day. */
	send(letter: Letter, trx?: AnyTransaction): Promise<string>;
	/** Newest first: the page that shows what was sent. */
	list(query?: { limit?: number; before?: Date }): Promise<KeptLetter[]>;
}

export const mailRetentionDays = 30;

interface Ground {
	config: Configuration;
	jobs: Jobs;
	db<Tables>(): Kysely<Tables>;
}

/** Mail over SMTP. Without an SMTP server letters are kept for the outbox page and go nowhere, with status `kept`. */
export function createMail({ config, jobs, db }: Ground): Mail {
	const table = db<DB>();
	const transport = config.smtpUrl ? nodemailer.createTransport(config.smtpUrl) : null;

	jobs.define<{ id: string }>(
		'platform.mail.send',
		{ retryLimit: 14, retryDelaySeconds: 10, expireInSeconds: 120, concurrency: 2 },
		async ({ id }) => {
			const letter = await table
				.selectFrom('platform.mail_outbox')
				.selectAll()
				.where('id', '=', id)
				.where('status', 'in', ['waiting', 'failed'])
				.executeTakeFirst();
			if (!letter || !transport) return;
			try {
				await transport.sendMail({
					from: config.mailFrom,
					to: letter.recipient,
					subject: letter.subject,
					text: letter.body_text,
					...(letter.body_html && { html: letter.body_html }),
					...(letter.unsubscribe_url && {
						headers: {
							'List-Unsubscribe': `<${letter.unsubscribe_url}>`,
							'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
						},
					}),
					messageId: `<${letter.id}@${new URL(config.publicUrl).hostname}>`,
				});
			} catch (error) {
				await table
					.updateTable('platform.mail_outbox')
					.set({ status: 'failed', error: (error as { code?: string }).code ?? 'unknown' })
					.where('id', '=', id)
					.execute();
				throw new Error(`mail server: ${(error as { code?: string }).code ?? 'unknown'}`);
			}
			await table
				.updateTable('platform.mail_outbox')
				.set({ status: 'sent', error: null, sent_at: new Date() })
				.where('id', '=', id)
				.execute();
		},
	);

	jobs.define('platform.mail.purge', { cron: '50 3 * * *' }, async () => {
		await table
			.deleteFrom('platform.mail_outbox')
			.where('created_at', '<', new Date(Date.now() - mailRetentionDays * 86_400_000))
			.execute();
	});

	return {
		async send({ to, subject, text, html, unsubscribeUrl }, trx) {
			const id = newId();
			const record = async (within: AnyTransaction) => {
				await within
					.insertInto('platform.mail_outbox')
					.values({
						id,
						recipient: to,
						subject,
						body_text: text,
						body_html: html ?? null,
						unsubscribe_url: unsubscribeUrl ?? null,
						status: transport ? 'waiting' : 'kept',
					})
					.execute();
				if (transport) await jobs.send('platform.mail.send', { id }, { trx: within });
			};
			if (trx) await record(trx);
			else await table.transaction().execute(record);
			return id;
		},

		async list({ limit = 50, before } = {}) {
			const rows = await table
				.selectFrom('platform.mail_outbox')
				.selectAll()
				.$if(before !== undefined, (query) => query.where('created_at', '<', before ?? new Date()))
				.orderBy('created_at', 'desc')
				.limit(Math.min(limit, 500))
				.execute();
			return rows.map((row) => ({
				id: row.id,
				to: row.recipient,
				subject: row.subject,
				text: row.body_text,
				...(row.body_html !== null && { html: row.body_html }),
				status: row.status,
				createdAt: row.created_at,
				sentAt: row.sent_at,
			}));
		},
	};
}
