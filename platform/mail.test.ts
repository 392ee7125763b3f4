import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { expect, test } from 'vitest';
import { createTestPlatform, until } from './testing.ts';

test('letters reach the SMTP server once it answers, and a server that is down loses none', async () => {
	const received: string[] = [];
	let down = true;
	const server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS'],
		onMailFrom: (_address, _session, done) =>
			done(down ? Object.assign(new Error('busy'), { responseCode: 451 }) : null),
		onData: (stream, _session, done) =>
			void text(stream).then((letter) => {
				received.push(letter);
				done();
			}),
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
	const { port } = server.server.address() as AddressInfo;
	const { platform, close } = await createTestPlatform(() => ({}), {
		SMTP_URL: `smtp://127.0.0.1:${port}?ignoreTLS=true`,
		MAIL_FROM: 'Ville <ville@example.org>',
		PARVIS_LOG_LEVEL: 'silent',
	});
	try {
		await platform.mail.send({ to: 'camille@example.org', subject: 'Été', text: 'Bonjour Camille' });
		await until(async () => (await platform.mail.list())[0]?.status === 'failed');
		down = false;
		// The job's own wait before the second attempt is ten seconds; nobody waits for it here.
		await platform.pool.query(
			`UPDATE pgboss.job SET start_after = now() WHERE name = 'platform.mail.send' AND state = 'retry'`,
		);
		await until(async () => (await platform.mail.list())[0]?.status === 'sent', {
			timeoutMilliseconds: 25_000,
		});
		expect(received).toHaveLength(1);
		expect(received[0]).toContain('To: camille@example.org');
		expect(received[0]).toContain('Bonjour Camille');
	} finally {
		await close();
		await new Promise<void>((resolve) => server.close(() => resolve()));
	}
});
