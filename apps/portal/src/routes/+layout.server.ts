import { appAt } from '#lib/field/apps.ts';
import { takeNotice } from '#lib/server/notice.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async (event) => {
	const { rooms, actor, locale, platform } = event.locals;
	// The phone keeps this page for whoever signs in: it shows nobody.
	const app = appAt(event.route.id ?? '');
	const bare = app !== null;
	const town = await rooms.town.settings.get();
	return {
		locale,
		town,
		demo: platform.config.demo,
		bare,
		person:
			actor.kind === 'person' && !bare ? { name: actor.displayName, works: actor.roles.length > 0 } : null,
		notice: bare ? null : takeNotice(event),
		path: app?.path ?? event.url.pathname,
	};
};
