import type { Words } from '@parvis/footprint';
import type { Actor, Locale, Result } from '@parvis/platform';
import type { Priority } from './common.ts';

export interface Service {
	id: string;
	code: string;
	name: Words;
	archived: boolean;
}

export interface CategorySummary {
	id: string;
	code: string;
	name: Words;
	/** Name of a drawing, see `Icon` of the portal. */
	icon: string;
}

export interface Category extends CategorySummary {
	parentId: string | null;
	service: Service;
	priority: Priority;
	dueHours: number;
	durationMinutes: number;
	/** Residents may report it. */
	public: boolean;
	checklist: string[];
	skills: string[];
	position: number;
	archived: boolean;
}

export interface CategoryInput {
	code: string;
	nameFr: string;
	nameEn: string;
	parentId?: string | null | undefined;
	serviceId: string;
	icon?: string | undefined;
	priority: Priority;
	dueHours: number;
	durationMinutes: number;
	public: boolean;
	checklist?: readonly string[] | undefined;
	skills?: readonly string[] | undefined;
	archived?: boolean | undefined;
}

export interface Services {
	list(options?: { archived?: boolean }): Promise<Service[]>;
	/** Create, or change the one of this code. */
	save(
		actor: Actor,
		input: { code: string; nameFr: string; nameEn: string; archived?: boolean | undefined },
	): Promise<Result<Service>>;
}

export interface Categories {
	/** In their order, parents before their children. */
	list(options?: { archived?: boolean }): Promise<Category[]>;
	/** By id or code; null when there is none. */
	get(reference: string): Promise<Category | null>;
	/** What residents choose from, as a tree of two levels. */
	publicTree(): Promise<(Category & { children: Category[] })[]>;
	/** What residents and reporting applications may report, in one language: leaves only. */
	publicList(
		locale: Locale,
	): Promise<{ code: string; name: string; group: string; keywords: string; icon: string }[]>;
	save(actor: Actor, input: CategoryInput, id?: string): Promise<Result<Category>>;
}

/** Hours of one weekday, `08:00` to `16:00`. */
export interface DayHours {
	from: string;
	to: string;
}

export interface Agent {
	id: string;
	name: string;
	serviceIds: string[];
	skills: string[];
	/** Seven, from Monday; null: does not work. */
	hours: (DayHours | null)[];
	breakFrom: string | null;
	breakMinutes: number;
	vehicle: 'car' | 'bicycle' | 'foot';
	/** Where the day starts and ends; null: wherever the first and last visit are. */
	start: { label: string; longitude: number; latitude: number } | null;
}

export interface Agents {
	/** Who holds the role of an agent, with what the town said of each; by name. */
	list(actor: Actor): Promise<Result<Agent[]>>;
	save(actor: Actor, personId: string, input: Omit<Agent, 'id' | 'name'>): Promise<Result<null>>;
	/** Who could do it, best first: the service, the skills, then how little is on the day. */
	suggest(
		actor: Actor,
		interventionId: string,
	): Promise<Result<{ agent: Agent; sameService: boolean; lacks: string[]; openCount: number }[]>>;
}
