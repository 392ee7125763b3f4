import { ok, type Result, refuse, tidyText } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput } from './context.ts';

/** What every idea says. */
export const ideaWords = z.object({
	title: z
		.string()
		.transform(tidyText)
		.pipe(z.string().min(4, 'participation.title_too_short').max(140, 'participation.title_too_long')),
	body: z
		.string()
		.transform(tidyText)
		.pipe(z.string().min(1, 'participation.body_missing').max(10_000, 'participation.body_too_long')),
});

const ideaInput = ideaWords.extend({
	categoryId: z.uuid().nullable().default(null),
	envelopeId: z.uuid().nullable().default(null),
	communityId: z.uuid().nullable().default(null),
	longitude: z.number('participation.position_invalid').min(-180).max(180).nullable().default(null),
	latitude: z.number('participation.position_invalid').min(-90).max(90).nullable().default(null),
	address: z
		.string()
		.trim()
		.max(200)
		.transform((text) => text || null)
		.nullable()
		.default(null),
	placeId: z.uuid().nullable().default(null),
});

/**
 * What an author gave, as columns of the idea: category, envelope and community are the call's and the author's own; the
 * position wins over the address, which is looked up in the town's places and streets; the district follows.
 */
export async function readIdea(
	context: Context,
	db: Db,
	author: { callId: string; personId: string | null },
	given: unknown,
) {
	const input = parseInput(ideaInput, given);
	if (!input.ok) return input;
	const { title, body, categoryId, envelopeId, communityId, address } = input.value;
	const { rows: own } = await sql<{ category: boolean; member: boolean; only_envelope: string | null }>`
		SELECT EXISTS (SELECT FROM participation.category WHERE id = ${categoryId} AND call_id = ${author.callId}) AS category,
			EXISTS (SELECT FROM participation.community_member
				WHERE community_id = ${communityId} AND person_id = ${author.personId}) AS member,
			(SELECT min(id::text) FROM participation.envelope WHERE call_id = ${author.callId} HAVING count(*) = 1)
				AS only_envelope`.execute(db);
	const [known] = own;
	if (categoryId !== null && !known?.category)
		return refuse('participation.category_unknown', { field: 'categoryId' });
	if (communityId !== null && !known?.member)
		return refuse('participation.community_not_member', { field: 'communityId' });
	const place = await placing(context, input.value);
	if (!place.ok) return place;
	const envelope = envelopeId
		? await db
				.selectFrom('participation.envelope')
				.select('district_id')
				.where('id', '=', envelopeId)
				.where('call_id', '=', author.callId)
				.executeTakeFirst()
		: null;
	if (envelope === undefined) return refuse('participation.envelope_missing', { field: 'envelopeId' });
	const { districtId } = place.value;
	if (envelope?.district_id && districtId && envelope.district_id !== districtId)
		return refuse('participation.envelope_elsewhere', { field: 'envelopeId' });
	return ok({
		title,
		body,
		category_id: categoryId,
		envelope_id: envelopeId ?? known?.only_envelope ?? null,
		community_id: communityId,
		address,
		longitude: place.value.longitude,
		latitude: place.value.latitude,
		district_id: districtId ?? envelope?.district_id ?? null,
		place_id: place.value.placeId,
	});
}

interface Placing {
	longitude: number | null;
	latitude: number | null;
	districtId: string | null;
	placeId: string | null;
}

async function placing({ town, db }: Context, given: z.output<typeof ideaInput>): Promise<Result<Placing>> {
	let { longitude, latitude, placeId } = given;
	if ((longitude === null) !== (latitude === null))
		return refuse('participation.position_invalid', { field: 'address' });
	if (placeId) {
		const { rows } = await sql<{ longitude: number; latitude: number }>`
			SELECT longitude, latitude FROM town.place WHERE id = ${placeId} AND archived_at IS NULL`.execute(db);
		const [place] = rows;
		if (!place) return refuse('participation.place_unknown', { field: 'placeId' });
		longitude ??= place.longitude;
		latitude ??= place.latitude;
	} else if (longitude === null && given.address) {
		const found = await town.areas.findAddress(given.address);
		if (found) ({ longitude, latitude, placeId } = found);
	}
	if (longitude === null || latitude === null)
		return ok({ longitude: null, latitude: null, districtId: null, placeId });
	if (!(await town.areas.isNear([longitude, latitude])))
		return refuse('participation.position_far', { field: 'address' });
	const district = await town.areas.districtAt([longitude, latitude]);
	return ok({ longitude, latitude, districtId: district?.id ?? null, placeId });
}
