import type { Actor, Room } from '@parvis/platform';
import type { Exchange } from './exchange/face.ts';
import type { Field } from './field/face.ts';
import type { Interventions, Photos } from './interventions/face.ts';
import type { Lighting } from './lighting/face.ts';
import type { Waste } from './waste/face.ts';

export type * from './exchange/face.ts';

export type * from './field/face.ts';
export type * from './interventions/face.ts';
export type * from './lighting/face.ts';
export type * from './waste/face.ts';

/** Work in the town: interventions, waste rounds, street lighting. */
export interface Operations {
	room: Room;
	interventions: Interventions;
	/** Photos of interventions, reports and rounds. */
	photos: Photos;
	waste: Waste;
	exchange: Exchange;
	/** The agents' phones. */
	field: Field;
	lighting: Lighting;
	may: { manage(actor: Actor): boolean; work(actor: Actor): boolean; see(actor: Actor): boolean };
	/** What a demonstration shows; for the start command. */
	fillDemo(): Promise<void>;
}
