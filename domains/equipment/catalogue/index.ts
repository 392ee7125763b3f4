import type { Context, Db } from '../context.ts';
import { townDay } from '../days.ts';
import type { Part } from '../part.ts';
import { fillDemo } from './demo.ts';
import type { Catalogue } from './face.ts';
import { shippedDigest } from './factors/shipped.ts';
import { createFootprints, readFootprints } from './footprints.ts';
import { createModels } from './models.ts';
import { moveDevices } from './moving.ts';

/** Models and their footprints as a part of the room. */
export function createCatalogue(context: Context): Part & { face: Catalogue } {
	const { db, platform, now } = context;
	const face: Catalogue = {
		async footprintOf(of) {
			const found = await readFootprints(db, [of], townDay(now()));
			return found.get(of.modelId ?? of.category) ?? null;
		},
		footprintsOf: (of, trx) => readFootprints((trx ?? db) as Db, of, townDay(now())),
		models: createModels(context, (trx, actor, from, into) => moveDevices(context, trx, actor, from, into)),
		footprints: createFootprints(context),
	};
	return {
		face,
		fillDemo: () => fillDemo(context),
		async start(roles) {
			if (!roles.has('worker')) return;
			await db.transaction().execute(async (trx) => {
				const known = await trx.selectFrom('equipment.shipped_factors').select('digest').execute();
				if (known.some(({ digest }) => digest === shippedDigest)) return;
				await trx.deleteFrom('equipment.shipped_factors').execute();
				await trx
					.insertInto('equipment.shipped_factors')
					.values({ digest: shippedDigest, since: now() })
					.onConflict((conflict) => conflict.doNothing())
					.execute();
				// A first start has nothing that was computed before.
				if (known.length) await platform.events.publish(trx, 'equipment.factors.changed', {});
			});
		},
	};
}
