import type { Context } from '../context.ts';
import type { Interventions } from '../interventions/face.ts';
import { createCatalogue } from './catalogue.ts';
import { createDelivering, defineDelivering } from './delivering.ts';
import type { Exchange } from './face.ts';
import { createOutgoing } from './outgoing.ts';
import { createSealing } from './sealing.ts';
import { createWebhooks } from './webhooks.ts';

/** What goes to other systems and comes from them: webhooks. */
export function createExchange(context: Context, interventions: Interventions): { face: Exchange } {
	const { config } = context.platform;
	const catalogue = createCatalogue(interventions, config.publicUrl);
	const outgoing = createOutgoing(config.privateHosts);
	const sealing = createSealing(config.secret);
	const delivering = createDelivering(context, outgoing, sealing);
	defineDelivering(context, catalogue, delivering);
	return { face: { webhooks: createWebhooks(context, catalogue, delivering, outgoing, sealing) } };
}
