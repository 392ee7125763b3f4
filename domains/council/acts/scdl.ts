import { sql } from 'kysely';
import { type Context, paths } from '../context.ts';
import { dayOf } from '../rules/notice.ts';
import { collectivityOf } from './act-sources.ts';
import { type DeliberationRow, selectedDeliberation } from './deliberation-rows.ts';
import { matterOf, scdlMatterName } from './matters.ts';

/** Columns of the SCDL schema « délibérations » 2.1 (schema.data.gouv.fr, scdl/deliberations), in its order. */
export const scdlColumns = [
	'COLL_NOM',
	'COLL_SIRET',
	'DELIB_ID',
	'DELIB_DATE',
	'DELIB_MATIERE_CODE',
	'DELIB_MATIERE_NOM',
	'DELIB_OBJET',
	'BUDGET_ANNEE',
	'BUDGET_NOM',
	'PREF_ID',
	'PREF_DATE',
	'VOTE_EFFECTIF',
	'VOTE_REEL',
	'VOTE_POUR',
	'VOTE_CONTRE',
	'VOTE_ABSTENTION',
	'DELIB_URL',
] as const;

/** Everything that is published, oldest first. The prefecture stands where it received the act alone, as the schema asks. */
export async function* scdlRows({
	db,
	town,
	platform,
}: Context): AsyncIterable<readonly (string | number | null)[]> {
	const { name } = await town.settings.get();
	const { rows } = await sql<DeliberationRow>`${selectedDeliberation} WHERE published_at IS NOT NULL
		ORDER BY starts_at, number`.execute(db);
	for (const row of rows)
		yield [
			collectivityOf(row, name),
			row.siret,
			row.number,
			dayOf(row.starts_at),
			matterOf(row.matter_code)?.code ?? '',
			scdlMatterName(row.matter_code),
			row.title,
			row.budget_year,
			row.budget_name,
			row.received_day ? row.prefecture : '',
			row.received_day ?? '',
			row.in_office,
			row.voting,
			row.votes_for,
			row.votes_against,
			row.abstentions,
			platform.config.publicUrl + paths.deliberation(row.number),
		];
}
