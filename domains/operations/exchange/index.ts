import type { FastifyPluginAsyncZod } from '@parvis/platform';
import { createOutgoing, createSealing } from '@parvis/platform';
import { type Context, sealedFor } from '../context.ts';
import type { Interventions } from '../interventions/face.ts';
import { createCatalogue } from './catalogue.ts';
import { createDelivering, defineDelivering } from './delivering.ts';
import type { Exchange } from './face.ts';
import { createOpen311Client } from './open311/client.ts';
import { createForwarding } from './open311/forwarding.ts';
import { createPassingOn, definePassingOn } from './open311/passing-on.ts';
import { createOpen311Server } from './open311/server.ts';
import { createOpen311Settings } from './open311/settings.ts';
import { createWebhooks } from './webhooks.ts';

/** What goes to other systems and comes from them: webhooks, Open311. */
export function createExchange(
	context: Context,
	interventions: Interventions,
): { face: Exchange; open311: FastifyPluginAsyncZod } {
	const { config } = context.platform;
	const catalogue = createCatalogue(interventions, config.publicUrl);
	const outgoing = createOutgoing(config.privateHosts);
	const sealing = createSealing(config.secret, sealedFor);
	const delivering = createDelivering(context, outgoing, sealing);
	defineDelivering(context, catalogue, delivering);
	const settings = createOpen311Settings(context);
	const client = createOpen311Client(outgoing);
	definePassingOn(context, createPassingOn(context, interventions, client, sealing));
	return {
		face: {
			forwarding: createForwarding(context, client, outgoing, sealing),
			webhooks: createWebhooks(context, catalogue, delivering, outgoing, sealing),
			open311: settings,
		},
		open311: createOpen311Server(context, interventions, settings),
	};
}
