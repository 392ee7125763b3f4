import { type Council, createCouncil } from '@parvis/council';
import { createEquipment, type Equipment } from '@parvis/equipment';
import { createFootprint, type Footprint } from '@parvis/footprint';
import { createIdentity, type Identity } from '@parvis/identity';
import { createOperations, type Operations } from '@parvis/operations';
import { createParticipation, type Participation } from '@parvis/participation';
import type { Platform, Room } from '@parvis/platform';
import { createSensing, type Sensing } from '@parvis/sensing';
import { createTown, type Town } from '@parvis/town';

/** The rooms of a town, by name: what pages and commands work with. */
export interface Rooms {
	identity: Identity;
	town: Town;
	sensing: Sensing;
	participation: Participation;
	council: Council;
	footprint: Footprint;
	operations: Operations;
	equipment: Equipment;
}

/** Build every room in the order of their needs. To add a room is one line here. */
export function buildRooms(platform: Platform): { rooms: Rooms; all: readonly Room[] } {
	const identity = createIdentity(platform);
	const town = createTown(platform);
	const sensing = createSensing(platform, { town, identity });
	const participation = createParticipation(platform, { town, identity });
	const council = createCouncil(platform, { town, identity });
	const footprint = createFootprint(platform);
	const operations = createOperations(platform, { town, identity, sensing, footprint });
	const equipment = createEquipment(platform, { town, identity, footprint });
	const rooms = { identity, town, sensing, participation, council, footprint, operations, equipment };
	const all = Object.values(rooms).map(({ room }) => room);
	for (const { messages } of all) platform.messages.add(messages);
	for (const room of all) identity.declare(room);
	return { rooms, all };
}
