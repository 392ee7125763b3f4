import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => ({
	publicUrl: locals.platform.config.publicUrl,
	datasets: locals.platform.datasets
		.all()
		.map(({ source }) => ({ name: source.name, title: source.title, columns: [...source.columns] })),
});
