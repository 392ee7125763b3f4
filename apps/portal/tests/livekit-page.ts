import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { openPage } from './room.ts';
import type { VisitedTown } from './town.ts';

const client = new URL('../../../node_modules/livekit-client/dist/livekit-client.umd.js', import.meta.url);

/** A page of somebody else's making, with LiveKit's client and what they got hold of. */
export async function openForeignPage(town: VisitedTown): Promise<Page> {
	const page = await openPage(town, { bypassCSP: true });
	await page.goto('/accessibilite');
	await page.addScriptTag({ content: await readFile(client, 'utf8') });
	return page;
}

interface Foreign {
	LivekitClient: typeof import('livekit-client');
	room: import('livekit-client').Room;
}

/** Enter by a token. */
export async function connect(page: Page, token: string): Promise<void> {
	await page.evaluate(async (given) => {
		const foreign = globalThis as unknown as Foreign;
		foreign.room = new foreign.LivekitClient.Room();
		await foreign.room.connect(`ws://${location.host}/livekit`, given, { rtcConfig: { iceServers: [] } });
	}, token);
}

/** Publish a microphone whatever the client itself thinks of its rights, under this name. */
export async function publishSound(page: Page, name: 'microphone' | 'camera'): Promise<void> {
	await page.evaluate(async (source) => {
		const { room } = globalThis as unknown as Foreign;
		const own = room.localParticipant;
		const all = { canPublish: true, canSubscribe: true, canPublishData: true, canPublishSources: [] };
		own.setPermissions({ ...own.permissions, ...all } as unknown as Parameters<typeof own.setPermissions>[0]);
		const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
		const [track] = stream.getAudioTracks();
		if (!track) throw new Error('no microphone');
		// Refused or ended, it shows in what the others hear.
		void own.publishTrack(track, { source: source as never, name: source }).catch(() => {});
	}, name);
}

/** `connected`, `disconnected` …, as the client sees it. */
export const connectionOf = (page: Page) =>
	page.evaluate(() => String((globalThis as unknown as Foreign).room.state));

/** The newest token that LiveKit gave this client. */
export const tokenOf = (page: Page) =>
	page.evaluate(() => {
		const { room } = globalThis as unknown as { room: { engine: { token?: string } } };
		return room.engine.token ?? '';
	});
