import type { PersonalDataSource } from '@parvis/platform';
import type { Transaction } from 'kysely';
import type { Context } from '../context.ts';
import type { DB } from '../tables.ts';

/** What the policy keeps of somebody: the needs they told, and that they decided of others'. */
export function requestsOf({ db }: Context): PersonalDataSource {
	return {
		async export(personId) {
			const requests = await db
				.selectFrom('equipment.need_request')
				.select(['number', 'category', 'need', 'purpose', 'trouble', 'service', 'wanted_by', 'status'])
				.select(['decision', 'reason', 'created_at', 'decided_at'])
				.where('asker_id', '=', personId)
				.orderBy('created_at')
				.execute();
			const decided = await db
				.selectFrom('equipment.need_request')
				.select(['number', 'decided_at'])
				.where('decided_by', '=', personId)
				.orderBy('decided_at')
				.execute();
			return { requests, decided };
		},
		/** What was decided stays for the yearly report, without who asked, what for, and who decided. */
		async erase(trx, personId) {
			const own = trx as unknown as Transaction<DB>;
			await own
				.updateTable('equipment.need_request')
				.set({ status: 'withdrawn' })
				.where('asker_id', '=', personId)
				.where('status', '=', 'to_decide')
				.execute();
			await own
				.updateTable('equipment.need_request')
				.set({ asker_id: null, purpose: null })
				.where('asker_id', '=', personId)
				.execute();
			await own
				.updateTable('equipment.need_request')
				.set({ decided_by: null })
				.where('decided_by', '=', personId)
				.execute();
		},
	};
}
