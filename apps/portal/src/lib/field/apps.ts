/** A program of the portal that works on a phone without the network: its pages, its store, and what it speaks with. */
export interface PhoneApp {
	/** Address of its document; every address below shows the same one. */
	path: '/terrain' | '/collecte';
	/** Name of its IndexedDB database, of the channel between its pages, and the beginning of its other names. */
	name: 'parvis-terrain' | 'parvis-collecte';
	/** Where actions go, and where each photo goes under its id. */
	sync: string;
	photos: string;
}

export const terrain: PhoneApp = {
	path: '/terrain',
	name: 'parvis-terrain',
	sync: '/api/v1/field/sync',
	photos: '/api/v1/field/photos',
};

export const collecte: PhoneApp = {
	path: '/collecte',
	name: 'parvis-collecte',
	sync: '/api/v1/equipment/desk/sync',
	photos: '/api/v1/equipment/desk/photos',
};

const apps = [terrain, collecte];

/** The program that an address belongs to. */
export const appAt = (pathname: string): PhoneApp | null =>
	apps.find(({ path }) => pathname === path || pathname.startsWith(`${path}/`)) ?? null;

/** The program that a store belongs to. */
export const appOf = (store: { name: string }): PhoneApp =>
	apps.find(({ name }) => name === store.name) ?? terrain;
