import { error, redirect } from '@sveltejs/kit';
import type { LayoutServerLoad } from './$types';

/** The door of the work space, and what its navigation shows. The rooms decide on each action again. */
export const load: LayoutServerLoad = async ({ locals, url }) => {
	const { actor } = locals;
	const { council, equipment, footprint, identity, operations, participation, sensing, town } = locals.rooms;
	const back = `retour=${encodeURIComponent(url.pathname + url.search)}`;
	if (actor.kind !== 'person') redirect(303, `/connexion?${back}`);
	if (identity.needsSecondFactor(actor)) redirect(303, `/connexion/second-facteur?${back}`);
	if (!identity.may.work(actor)) error(403, 'platform.not_allowed');
	const may = {
		seeDevices: sensing.may.seeDevices(actor),
		manageDevices: sensing.may.manageDevices(actor),
		handleAlarms: sensing.may.handleAlarms(actor),
		prepareMeetings: council.may.prepare(actor),
		manageCalls: participation.may.manage(actor),
		moderate: participation.may.moderate(actor),
		reviewIdeas: participation.may.review(actor),
		holdBooth: participation.may.holdBooth(actor),
		editPlaces: town.may.editPlaces(actor),
		changeSettings: town.may.changeSettings(actor),
		managePeople: identity.may.managePeople(actor),
		manageApiKeys: identity.may.manageApiKeys(actor),
		readAudit: identity.may.readAudit(actor),
		seeOperations: operations.may.see(actor),
		manageFootprint: footprint.may.manage(actor),
		useEquipment: equipment.may.use(actor),
		seeEquipment: equipment.may.see(actor),
		collectEquipment: equipment.may.collect(actor),
		manageExchange: operations.may.manage(actor),
	};
	const counts = may.seeDevices ? await sensing.devices.counts(actor) : null;
	const alarms = may.handleAlarms ? await sensing.alarms.counts(actor) : null;
	return {
		may,
		toModerate: may.moderate ? await participation.moderation.waiting(actor) : 0,
		counts: counts?.ok ? counts.value : null,
		openAlarms: alarms?.ok ? alarms.value.critical + alarms.value.warning + alarms.value.information : 0,
	};
};
