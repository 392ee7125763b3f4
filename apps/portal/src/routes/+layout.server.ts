import { takeNotice } from '#lib/server/notice.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async (event) => {
	const { rooms, actor, locale, platform } = event.locals;
	const town = await rooms.town.settings.get();
	return {
		locale,
		town,
		demo: platform.config.demo,
		person: actor.kind === 'person' ? { name: actor.displayName, works: actor.roles.length > 0 } : null,
		notice: takeNotice(event),
		path: event.url.pathname,
	};
};
