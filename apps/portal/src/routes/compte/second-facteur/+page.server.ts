import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, query } from '#lib/server/pages.ts';
import { safePath } from '#lib/server/paths.ts';
import { visitOf } from '#lib/server/visit.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const profile = expect(await event.locals.rooms.identity.profile.get(visitOf(event)));
	return {
		enabled: profile.secondFactor.enabled,
		left: profile.secondFactor.recoveryCodesLeft,
		returnTo: safePath(query(event.url, 'retour'), '/compte'),
	};
};

export const actions: Actions = {
	async commencer(event) {
		const result = await event.locals.rooms.identity.secondFactor.enable(visitOf(event));
		if (!result.ok) return refused(event.locals, result);
		return {
			setUp: {
				secret: result.value.secret,
				uri: result.value.uri,
				modules: result.value.qrCode.length,
				qrPath: pathOf(result.value.qrCode),
			},
		};
	},
	async confirmer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.secondFactor.confirm(visitOf(event), typed.code ?? '');
		if (!result.ok) return refused(event.locals, result);
		return { recoveryCodes: result.value.recoveryCodes };
	},
	async renouveler(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.secondFactor.recoveryCodes(
			visitOf(event),
			typed.code ?? '',
		);
		if (!result.ok) return refused(event.locals, result);
		return { recoveryCodes: result.value.recoveryCodes };
	},
	async retirer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.secondFactor.disable(visitOf(event), typed.code ?? '');
		if (!result.ok) return refused(event.locals, result);
		done(event, '/compte', 'done.secondFactorOff');
	},
};

/** A QR code's dark squares as one SVG path. */
function pathOf(rows: readonly (readonly boolean[])[]): string {
	return rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
}
