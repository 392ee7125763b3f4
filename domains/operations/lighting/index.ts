import { type Actor, createOutgoing, createSealing, refuse } from '@parvis/platform';
import { type Context, sealedFor } from '../context.ts';
import type { Interventions } from '../interventions/face.ts';
import type { Part } from '../part.ts';
import { mayManage } from '../policies.ts';
import { createLightingApi } from './api.ts';
import { createLeader } from './control/leader.ts';
import { createLoop } from './control/loop.ts';
import { fillLightingDemo } from './demo.ts';
import { createEffect } from './effect.ts';
import type { Lighting } from './face.ts';
import { createFaultDesk } from './faults.ts';
import { createGateways } from './gateways.ts';
import { importLighting, luminairesOfFile } from './import.ts';
import { createInventory } from './inventory.ts';
import { createLive } from './live.ts';
import { createOverrides } from './overrides.ts';
import { createProfiles } from './profiles.ts';
import { createPublicStreets } from './public.ts';
import { dayAfter, townDay } from './rules/town-time.ts';

/** Street lighting, as a part of the room. */
export function createLighting(
	context: Context,
	interventions: Pick<Interventions, 'open' | 'act'>,
): Part & { face: Lighting } {
	const inventory = createInventory(context);
	const effect = createEffect(context);
	const overrides = createOverrides(context);
	const live = createLive(context);
	const outgoing = createOutgoing(context.platform.config.privateHosts);
	const sealing = createSealing(context.platform.config.secret, sealedFor);
	const loop = createLoop(context, createFaultDesk(context, interventions), outgoing, sealing);
	const leader = createLeader(context.platform, loop.lead, context.now);
	context.platform.jobs.define('operations.light_commands_purge', { cron: '50 3 * * *' }, async () => {
		await context.db
			.deleteFrom('operations.light_command')
			.where('published_at', '<', new Date(context.now().getTime() - 7 * 86_400_000))
			.execute();
	});
	context.platform.jobs.define('operations.light_effect', { cron: '30 2 * * *' }, async () => {
		await effect.closeDay(dayAfter(townDay(context.now().getTime()), -1));
	});
	const face: Lighting = {
		importMany: (actor, input, options) => importLighting(context, actor, input, options),
		async importFile(actor: Actor, text, options) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const read = luminairesOfFile(text);
			return read.ok ? importLighting(context, actor, read.value, options) : read;
		},
		overview: inventory.overview,
		segments: inventory.segments,
		segment: inventory.segment,
		luminaire: inventory.luminaire,
		luminaires: inventory.luminaires,
		faults: inventory.faults,
		profiles: createProfiles(context),
		overrides,
		gateways: createGateways(context, outgoing, sealing),
		effect: effect.effect,
		...createPublicStreets(context),
		follow: live.follow,
	};
	return {
		face,
		api: createLightingApi(context.platform, face),
		async start(roles) {
			// An external broker is taken from by who ingests; the embedded one is in one process only.
			if (roles.has(context.platform.config.mqttUrl ? 'ingest' : 'broker')) leader.start();
		},
		fillDemo: () => fillLightingDemo(context, effect, overrides),
		async stop() {
			live.close();
			await leader.stop();
		},
	};
}
