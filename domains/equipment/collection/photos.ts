import { Readable } from 'node:stream';
import { type Actor, asId, changing, cleanPhoto, ok, refuse } from '@parvis/platform';
import type { Context } from '../context.ts';
import { mayCollect } from '../policies.ts';
import type { Desk, Items } from './face.ts';

export const mostPhotoBytes = 10 * 1024 * 1024;
const mostOfOneItem = 6;
const photoKey = (id: string) => `equipment/items/${id}`;

/** Photos of items: of the desk and the office only. */
export function createItemPhotos(context: Context): { keep: Desk['keepPhoto']; read: Items['photo'] } {
	const { db, platform } = context;
	const forgetting = 'equipment.forget-item-photo';
	platform.jobs.define<{ id: string }>(forgetting, {}, async ({ id }) => {
		const row = await db
			.selectFrom('equipment.item_photo')
			.select('id')
			.where('id', '=', id)
			.executeTakeFirst();
		if (!row) await platform.files.delete(photoKey(id));
	});
	return {
		async keep(actor: Actor, { id, personId, lineId, content }) {
			if (!mayCollect(actor) || actor.kind !== 'person') return refuse('platform.not_allowed');
			if (actor.id !== personId) return refuse('equipment.outbox_of_another');
			if (content.length > mostPhotoBytes)
				return refuse('equipment.photo_too_large', { megabytes: mostPhotoBytes / 1024 / 1024 });
			const item = await db
				.selectFrom('equipment.collected_item')
				.select('id')
				.where('id', '=', asId(lineId))
				.executeTakeFirst();
			if (!item || asId(id) !== id) return refuse('equipment.item_unknown');
			const known = await db
				.selectFrom('equipment.item_photo')
				.select('item_id')
				.where('id', '=', id)
				.executeTakeFirst();
			if (known) return known.item_id === item.id ? ok({ id }) : refuse('equipment.item_unknown');
			const clean = await cleanPhoto(content);
			if (!clean.ok) return clean;
			const { bytes, width, height } = clean.value;
			// The file first: a row never points at nothing. Should the row never come, the job takes the file away again.
			await platform.jobs.send(forgetting, { id }, { startAfter: new Date(Date.now() + 3_600_000) });
			await platform.files.put(photoKey(id), Readable.from([bytes]), { contentType: 'image/webp' });
			return changing(db, async (trx) => {
				await trx
					.selectFrom('equipment.collected_item')
					.select('id')
					.where('id', '=', item.id)
					.forUpdate()
					.execute();
				const { count } = await trx
					.selectFrom('equipment.item_photo')
					.select((e) => e.fn.countAll<number>().as('count'))
					.where('item_id', '=', item.id)
					.where('id', '<>', id)
					.executeTakeFirstOrThrow();
				if (Number(count) >= mostOfOneItem)
					return refuse('equipment.photos_too_many', { most: mostOfOneItem });
				await trx
					.insertInto('equipment.item_photo')
					.values({
						id,
						item_id: item.id,
						file_key: photoKey(id),
						width: width ?? 0,
						height: height ?? 0,
						sent_by: actor.id,
						created_at: context.now(),
					})
					.onConflict((conflict) => conflict.doNothing())
					.execute();
				return ok({ id });
			});
		},

		async read(actor, id) {
			if (!mayCollect(actor)) return null;
			const row = await db
				.selectFrom('equipment.item_photo')
				.select('file_key')
				.where('id', '=', asId(id))
				.executeTakeFirst();
			if (!row) return null;
			const [content, stat] = await Promise.all([
				platform.files.get(row.file_key),
				platform.files.stat(row.file_key),
			]);
			return content && stat ? { content, sizeBytes: stat.size } : null;
		},
	};
}
