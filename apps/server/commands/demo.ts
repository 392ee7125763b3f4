import { setTimeout as sleep } from 'node:timers/promises';
import { readConfiguration } from '@parvis/platform';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { holderOf } from '../lock.ts';
import { ensurePrograms, programs } from '../programs.ts';
import { CommandError, parseOptions, readEnvironment } from './command.ts';

const usage = `./parvis demo council [--members N] [--seconds N] [--url URL] [--keep]

Holds a meeting in a demonstration that runs (./parvis start, in another terminal): simulated councillors come into the
room, each in a browser of their own with an invented camera and microphone, and the clerk leads them through the agenda.

  --members N   how many come into the room, 2 to 15 (8); each costs this machine a browser page
  --seconds N   how long each speaks (10)
  --url URL     where the demonstration runs (the one of PARVIS_DATA)
  --keep        leave the meeting open at the end`;

const clerk = { email: 'concertation@demo.parvis.example', password: 'idees-en-fleurs-64' };
const membersPassword = 'salle-du-conseil-38';
const mostMembers = 15;

/** The town does not do what the clerk asks for. */
class Refused extends CommandError {}

interface Summary {
	id: string;
	title: string;
	status: string;
	startsAt: string;
	url: string;
}

interface Meeting extends Summary {
	items: { id: string; kind: string; title: string }[];
	seats: { id: string; name: string }[];
}

export async function run(args: string[]): Promise<number> {
	const { values, positionals } = parseOptions(args, usage, {
		members: { type: 'string', default: '8' },
		seconds: { type: 'string', default: '10' },
		url: { type: 'string' },
		keep: { type: 'boolean', default: false },
		help: { type: 'boolean', short: 'h', default: false },
	});
	if (values.help) {
		console.log(usage);
		return 0;
	}
	const members = wholeNumber(values.members, 'members', 2, mostMembers);
	const seconds = wholeNumber(values.seconds, 'seconds', 1, 600);
	if (positionals.join(' ') !== 'council')
		throw new CommandError(`demo takes one name: council.\nUsage: ${usage}`, 2);
	const url = values.url ?? holderOf(readConfiguration(readEnvironment()).dataDir)?.url;
	if (!url) throw new CommandError('no demonstration runs here: ./parvis start, or name it with --url');
	if ((await ensurePrograms([programs.chromium])).length)
		throw new CommandError('the councillors need Chromium');
	const browser = await chromium.launch({
		executablePath: programs.chromium.path,
		args: [
			'--no-sandbox',
			'--use-fake-device-for-media-stream',
			'--use-fake-ui-for-media-stream',
			'--autoplay-policy=no-user-gesture-required',
		],
	});
	try {
		const open = () =>
			browser.newContext({
				baseURL: url,
				locale: 'fr-FR',
				permissions: ['camera', 'microphone'],
				viewport: { width: 900, height: 600 },
			});
		await hold(await chooseMeeting(url), open, { members, seconds, keep: values.keep });
		return 0;
	} finally {
		await browser.close();
	}
}

function wholeNumber(text: string, option: string, least: number, most: number): number {
	const number = Number(text);
	if (!Number.isInteger(number) || number < least || number > most)
		throw new CommandError(`--${option} takes a whole number from ${least} to ${most}.\nUsage: ${usage}`, 2);
	return number;
}

/** The convened meeting that comes first. */
async function chooseMeeting(url: string): Promise<Meeting> {
	const read = async <Body>(path: string) => {
		const answer = await fetch(new URL(path, url)).catch(() => null);
		if (!answer?.ok) throw new CommandError(`${url} does not answer as a town does`);
		return (await answer.json()) as Body;
	};
	const { items } = await read<{ items: Summary[] }>('/api/v1/meetings?pageSize=100');
	const next = items
		.filter(({ status }) => status === 'convened')
		.sort((a, b) => a.startsAt.localeCompare(b.startsAt))[0];
	if (!next) throw new CommandError('no meeting is convened: convene one under /espace/conseil');
	return read<Meeting>(`/api/v1/meetings/${next.id}`);
}

async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
	await page.goto('/connexion');
	await page.fill('form[action*="motDePasse"] input[name="email"]', email);
	await page.fill('input[name="password"]', password);
	await page.click('form[action*="motDePasse"] button');
	await page.waitForURL(({ pathname }) => pathname !== '/connexion');
	if (!page.url().includes('second-facteur')) return;
	// A demonstration shows the code of its own agents.
	await page.fill('input[name="code"]', (await page.locator('.notice strong').textContent()) ?? '');
	await page.getByRole('button', { name: 'Vérifier' }).click();
	await page.waitForURL(({ pathname }) => !pathname.startsWith('/connexion'));
}

/** What the desk's buttons send. @throws {Refused} with the sentence by which the town refuses */
async function act(context: BrowserContext, path: string, fields: Record<string, string>): Promise<void> {
	const origin = new URL(context.pages()[0]?.url() ?? '').origin;
	const answer = await context.request.post(path, {
		form: fields,
		headers: { 'x-sveltekit-action': 'true', origin },
	});
	const result = (await answer.json().catch(() => ({ type: 'error' }))) as { type: string; data?: string };
	if (result.type === 'redirect' || result.type === 'success') return;
	throw new Refused(`the town refuses ${fields.acte ?? path}: ${problemOf(result.data) ?? answer.status()}`);
}

/** The sentence of a refused form, as SvelteKit's answer carries it: a list whose first entry says where each value stands. */
function problemOf(data: string | undefined): string | undefined {
	const values = JSON.parse(data ?? '[]') as unknown[];
	const place = (values[0] as { problem?: number } | undefined)?.problem;
	return place === undefined ? undefined : String(values[place]);
}

async function hold(
	meeting: Meeting,
	open: () => Promise<BrowserContext>,
	{ members, seconds, keep }: { members: number; seconds: number; keep: boolean },
): Promise<void> {
	const say = (text: string) => console.log(`${new Date().toTimeString().slice(0, 8)}  ${text}`);
	const desk = await open();
	await signIn(await desk.newPage(), clerk);
	const deskPath = `/espace/conseil/seances/${meeting.id}/pupitre`;
	const clerkDoes = (fields: Record<string, string>) => act(desk, deskPath, fields);
	say(
		`${meeting.title}: ${
			desk
				.pages()[0]
				?.url()
				.replace(/\/(?=[^/]*$).*/, '') ?? ''
		}${meeting.url}`,
	);

	const people: { seat: string; name: string; page: Page }[] = [];
	for (const [n, { id: seat, name }] of meeting.seats.slice(0, members).entries()) {
		const page = await (await open()).newPage();
		await signIn(page, { email: `elu-${n + 1}@demo.parvis.example`, password: membersPassword });
		await page.goto(`${meeting.url}/salle`);
		await page.locator('[data-enter]').click();
		await page.locator('[data-phase="in"]').waitFor();
		people.push({ seat, name, page });
		say(`${name} comes into the room`);
	}
	const marks = meeting.seats.map(({ id }) => [`appel-${id}`, 'present'] as const);
	await clerkDoes({ acte: 'call_roll', ...Object.fromEntries(marks) });
	await clerkDoes({ acte: 'open' });
	say('the roll is called, the meeting is open');
	await act(desk, `/espace/conseil/seances/${meeting.id}/diffusion?/lancer`, { source: 'room' });
	say('the live begins');
	await clerkDoes({ acte: 'name_secretary', membre: people.at(-1)?.seat ?? '' });

	const press = (page: Page, name: RegExp) => page.getByRole('button', { name }).first().click();
	const voted = meeting.items.filter(({ kind }) => kind === 'deliberation');
	for (const [n, item] of voted.entries()) {
		await clerkDoes({ acte: 'take_item', point: item.id });
		say(`item: ${item.title}`);
		const speakers = [people[(1 + 2 * n) % people.length], people[(2 + 2 * n) % people.length]];
		for (const speaker of speakers) if (speaker) await press(speaker.page, /^Demander la parole/);
		for (const speaker of speakers) {
			if (!speaker) continue;
			await clerkDoes({ acte: 'give_floor', membre: speaker.seat });
			say(`${speaker.name} speaks`);
			await sleep(seconds * 1000);
			await clerkDoes({ acte: 'take_floor_back' });
		}
		const secret = n % 2 === 1;
		await clerkDoes({
			acte: 'open_vote',
			mode: secret ? 'secret' : 'public',
			...(secret && { nomination: 'on' }),
		});
		say(secret ? 'a secret vote' : 'a public vote');
		for (const [place, { page }] of people.entries())
			await press(page, place % 5 === 4 ? /^Contre/ : /^Pour/);
		// A secret ballot is one's own: who is not in the room has none.
		if (!secret)
			for (const { id } of meeting.seats.slice(members))
				await clerkDoes({ acte: 'vote', membre: id, choix: 'for' });
		await clerkDoes({ acte: 'close_vote' });
		say('the vote is closed');
	}
	await clerkDoes({ acte: 'close_doors', portes: 'closes' });
	say(`closed doors, ${seconds} s`);
	await sleep(seconds * 1000);
	await clerkDoes({ acte: 'close_doors', portes: 'ouvertes' });
	say('the public returns');
	await sleep(seconds * 1000);
	if (keep) {
		say('the meeting stays open; Ctrl-C sends the councillors home');
		await new Promise((resolve) => process.once('SIGINT', resolve));
		return;
	}
	await clerkDoes({ acte: 'close' });
	say(`the meeting is closed; its replay: ${meeting.url}/video`);
}
