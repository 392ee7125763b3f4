import { Readable } from 'node:stream';
import {
	type AnyTransaction,
	asId,
	changing,
	cleanPhoto,
	newId,
	ok,
	type Result,
	refuse,
} from '@parvis/platform';
import type { Transaction } from 'kysely';
import type { Context } from './context.ts';
import type { Photo, Photos, PreparedPhoto } from './interventions/face.ts';
import { maySee, mayWork } from './policies.ts';
import type { DB } from './tables.ts';

export const mostPhotoBytes = 10 * 1024 * 1024;
const mostOfOneSubject = 12;

export const photoKey = (id: string) => `operations/photos/${id}`;
const forgetting = 'operations.forget-photos';

export interface PhotoRow {
	id: string;
	width: number;
	height: number;
	public: boolean;
	created_at: Date;
}

export const toPhoto = (row: PhotoRow): Photo => ({
	id: row.id,
	width: row.width,
	height: row.height,
	public: row.public,
	createdAt: row.created_at,
	url: `/photos/${row.id}`,
});

/** Delete the files of photos that have no row any more, once the transaction that took it away is committed. */
export async function forgetPhotos(
	{ platform }: Context,
	ids: readonly string[],
	options: { trx?: AnyTransaction; startAfter?: Date } = {},
): Promise<void> {
	if (ids.length) await platform.jobs.send(forgetting, { ids }, options);
}

export function createPhotos(context: Context): Photos {
	const { db, platform } = context;

	platform.jobs.define<{ ids: string[] }>(forgetting, {}, async ({ ids }) => {
		const rows = await db.selectFrom('operations.photo').select('id').where('id', 'in', ids).execute();
		const kept = new Set(rows.map(({ id }) => id));
		for (const id of ids) if (!kept.has(id)) await platform.files.delete(photoKey(id));
	});

	const prepare: Photos['prepare'] = async (content, id = newId()) => {
		if (content.length > mostPhotoBytes)
			return refuse('operations.photo_too_large', { megabytes: mostPhotoBytes / 1024 / 1024 });
		const known = await db
			.selectFrom('operations.photo')
			.select(['id', 'width', 'height', 'size_bytes'])
			.where('id', '=', id)
			.executeTakeFirst();
		// The file of a photo never changes under its id.
		if (known) return ok({ id, width: known.width, height: known.height, sizeBytes: known.size_bytes });
		const clean = await cleanPhoto(content);
		if (!clean.ok) return clean;
		const { bytes, width, height } = clean.value;
		// The file first: a row never points at nothing. Should the row never come, the job takes the file away again.
		await forgetPhotos(context, [id], { startAfter: new Date(Date.now() + 3_600_000) });
		await platform.files.put(photoKey(id), Readable.from([bytes]), { contentType: 'image/webp' });
		return ok({ id, width: width ?? 0, height: height ?? 0, sizeBytes: bytes.length });
	};

	async function attach(
		trx: Transaction<DB>,
		{ id, width, height, sizeBytes }: PreparedPhoto,
		to: Parameters<Photos['attach']>[2],
	): Promise<Result<Photo>> {
		const known = await trx
			.selectFrom('operations.photo')
			.selectAll()
			.where('id', '=', id)
			.executeTakeFirst();
		// An id that somebody else's photo has is nobody's to take.
		if (known)
			return known.subject_id === to.subjectId ? ok(toPhoto(known)) : refuse('operations.photo_unknown');
		const { count } = await trx
			.selectFrom('operations.photo')
			.select((e) => e.fn.countAll<number>().as('count'))
			.where('subject_kind', '=', to.subjectKind)
			.where('subject_id', '=', to.subjectId)
			.executeTakeFirstOrThrow();
		if (count >= mostOfOneSubject) return refuse('operations.photos_too_many', { most: mostOfOneSubject });
		const row = {
			id,
			subject_kind: to.subjectKind,
			subject_id: to.subjectId,
			public: to.public ?? false,
			width,
			height,
			size_bytes: sizeBytes,
			sent_by: to.sentBy,
			created_at: context.now(),
		};
		await trx.insertInto('operations.photo').values(row).execute();
		return ok(toPhoto(row));
	}

	return {
		async keep(within, photo) {
			const prepared = await prepare(photo.content, photo.id);
			return prepared.ok ? attach(within as Transaction<DB>, prepared.value, photo) : prepared;
		},
		async add(actor, content, to) {
			if (!mayWork(actor)) return refuse('platform.not_allowed');
			const prepared = await prepare(content);
			if (!prepared.ok) return prepared;
			return changing(db, (trx) =>
				attach(trx, prepared.value, { ...to, sentBy: actor.kind === 'person' ? actor.id : null }),
			);
		},
		prepare,
		attach: (within, prepared, to) => attach(within as Transaction<DB>, prepared, to),

		async of(subjectKind, subjectId) {
			const rows = await db
				.selectFrom('operations.photo')
				.selectAll()
				.where('subject_kind', '=', subjectKind)
				.where('subject_id', '=', asId(subjectId))
				.orderBy('created_at')
				.orderBy('id')
				.execute();
			return rows.map(toPhoto);
		},

		async read(actor, id) {
			const row = await db
				.selectFrom('operations.photo')
				.select(['id', 'public', 'size_bytes'])
				.where('id', '=', asId(id))
				.executeTakeFirst();
			if (!row || !(row.public || maySee(actor))) return null;
			const content = await platform.files.get(photoKey(row.id));
			return content
				? { content, contentType: 'image/webp', sizeBytes: row.size_bytes, public: row.public }
				: null;
		},

		async show(actor, id, shown) {
			if (!mayWork(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const { numUpdatedRows } = await trx
					.updateTable('operations.photo')
					.set({ public: shown })
					.where('id', '=', asId(id))
					.executeTakeFirst();
				if (!numUpdatedRows) return refuse('operations.photo_unknown');
				await platform.audit.record(trx, {
					actor,
					action: `operations.photo.${shown ? 'shown' : 'withdrawn'}`,
					subject: `photo:${id}`,
				});
				return ok(null);
			});
		},
	};
}
