import type { PageServerLoad } from './$types';

const mostCampaigns = 4;

export const load: PageServerLoad = async ({ locals }) => {
	const { carbon, planning, collection, policy } = locals.rooms.equipment;
	const [summary, fleet, campaigns, totals, voted] = await Promise.all([
		carbon.summary(),
		planning.pyramid(),
		collection.campaigns.list(locals.actor),
		collection.totals(),
		policy.versions.voted(),
	]);
	const [newest] = voted;
	return {
		summary,
		fleet,
		campaigns: campaigns.filter(({ moment }) => moment !== 'over').slice(0, mostCampaigns),
		totals,
		policy: newest
			? { number: newest.number, title: newest.title, votedOn: newest.votedOn, simulated: newest.simulated }
			: null,
	};
};
