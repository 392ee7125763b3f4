import type { Words } from '@parvis/footprint';
import type { Locale } from '@parvis/platform';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../context.ts';
import { type PhotoRow, toPhoto } from '../../photos.ts';
import type { PublicReport, Report, ReportStatus } from '../face.ts';

export interface ReportRow {
	id: string;
	number: string;
	token: string;
	category_id: string;
	category_code: string;
	category_name: Words;
	icon: string;
	service_name: Words;
	description: string;
	address: string | null;
	place_id: string | null;
	longitude: number;
	latitude: number;
	status: ReportStatus;
	text_public: boolean;
	moderated_at: Date | null;
	via: string;
	locale: Locale;
	email: string | null;
	email_confirmed_at: Date | null;
	intervention_id: string | null;
	same_as_id: string | null;
	public_answer: string | null;
	created_at: Date;
	updated_at: Date;
	closed_at: Date | null;
	photos: (Omit<PhotoRow, 'created_at'> & { created_at: string })[];
	count: number;
}

/** Rows of the reports that `rest` takes. */
export async function readReportRows(db: Db, rest: RawBuilder<unknown>): Promise<ReportRow[]> {
	const { rows } = await sql<ReportRow>`
		SELECT report.*, category.code AS category_code, category.icon,
			json_build_object('fr', category.name_fr, 'en', category.name_en) AS category_name,
			json_build_object('fr', service.name_fr, 'en', service.name_en) AS service_name,
			(SELECT count(*)::int FROM operations.report other WHERE other.status NOT IN ('held', 'spam')
				AND other.intervention_id = report.intervention_id) AS count,
			coalesce((SELECT json_agg(photo ORDER BY photo.created_at, photo.id) FROM operations.photo
				WHERE subject_kind = 'report' AND subject_id = report.id), '[]') AS photos
		FROM operations.report
		JOIN operations.category ON category.id = report.category_id
		JOIN operations.service ON service.id = category.service_id ${rest}`.execute(db);
	return rows;
}

const photosOf = (row: ReportRow) =>
	row.photos.map((photo) => toPhoto({ ...photo, created_at: new Date(photo.created_at) }));

const categoryOf = (row: ReportRow) => ({
	id: row.category_id,
	code: row.category_code,
	name: row.category_name,
	icon: row.icon,
});

export const toReport = (row: ReportRow): Report => ({
	id: row.id,
	number: row.number,
	category: categoryOf(row),
	description: row.description,
	address: row.address,
	placeId: row.place_id,
	longitude: row.longitude,
	latitude: row.latitude,
	status: row.status,
	textPublic: row.text_public,
	moderated: row.moderated_at !== null,
	via: row.via,
	locale: row.locale,
	followed: row.email !== null && row.email_confirmed_at !== null,
	interventionId: row.intervention_id,
	sameAsId: row.same_as_id,
	publicAnswer: row.public_answer,
	photos: photosOf(row),
	createdAt: row.created_at,
	updatedAt: row.updated_at,
	closedAt: row.closed_at,
});

export async function readReports(db: Db, rest: RawBuilder<unknown>): Promise<Report[]> {
	return (await readReportRows(db, rest)).map(toReport);
}

/** What everybody may see of it: words and photos only once an agent let them through. */
export const toPublicReport = (row: ReportRow): PublicReport => ({
	number: row.number,
	category: categoryOf(row),
	description: row.text_public ? row.description : '',
	address: row.address,
	longitude: row.longitude,
	latitude: row.latitude,
	status: row.status === 'held' || row.status === 'spam' ? 'received' : row.status,
	publicAnswer: row.public_answer,
	photos: photosOf(row).filter((photo) => photo.public),
	count: Math.max(1, row.count),
	createdAt: row.created_at,
	updatedAt: row.updated_at,
	closedAt: row.closed_at,
	service: row.service_name,
});
