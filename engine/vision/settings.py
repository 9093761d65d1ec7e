"""Every threshold of this room in one place."""

from dataclasses import dataclass, field

from engine.vision.paper_settings import PaperLimits


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """From where on a picture counts as faulty. Luma 0..255, times in seconds, edges in pixels of `lines`.

    Chosen on synthetic faults (eval/benchmarks/faults.py); docs/quality.md has what they give, and on which films.
    `frozen_change` is that of domain/visual.yaml (v_black_freeze); `black_luma` leaves room for noise above its 16.
    """

    lines: int = 360
    """Shorter side to which a frame is shrunk before it is measured."""

    saturated_luma: int = 250
    """Luma from which a pixel is at the upper end."""

    least_contrast: float = 2.0
    """Slope of the strongest edges (luma a pixel) below which there is nothing to be seen."""

    black_luma: float = 24.0
    """A frame whose 98th percentile of luma lies below this is black."""
    frozen_change: float = 1.0
    """Two frames of which no patch differs by more than this are the same."""
    least_black: float = 1.0
    """Shortest black span."""
    least_frozen: float = 2.0
    """Shortest frozen span: nobody sits that still before a camera, whose noise alone changes the picture."""

    dim_luma: float = 60.0
    """A frame whose 90th percentile of luma lies below this is badly lit."""
    dim_face: float = 35.0
    """The same, of the median luma of the faces in it."""
    bright_share: float = 0.5
    """Share of saturated pixels above which a frame without a face is over-exposed."""
    bright_face_share: float = 0.3
    """The same, of the pixels of the faces in it."""
    soft_edge: float = 2.6
    """Width of the sharpest edges above which a frame is out of focus."""
    covered_range: float = 40.0
    """A frame that is not black is covered where its luma spans less than this and it has no edges."""
    least_fault: float = 1.0
    """Shortest span of bad light, blur or a covered lens."""
    bridge: float = 1.0
    """Shorter stretches without the fault between two with it do not part them."""

    suspect_change: float = 25.0
    """Change between two frames looked at from where on the place is looked at again, for a cut."""
    suspect_ratio: float = 2.0
    """The same, over the usual change."""

    turned_every: float = 10.0
    """How often a frame is also looked at turned, at most."""
    turned_score: float = 0.6
    """Detector's score of a face that tells which way is up."""
    turned_lead: float = 0.1
    """By how much that must beat the best face at any other turn."""
    turned_least: int = 2
    """So many frames, and most of those that tell, must agree before a picture is called turned."""


@dataclass(frozen=True, slots=True)
class LagLimits:
    """How mouths are compared with the voice. Times in seconds; set before they were measured (docs/quality.md)."""

    rate: float = 12.5
    """Pictures a second in which mouths are read."""
    bursts: int = 3
    """Stretches looked at, at most."""
    burst_s: float = 8.0
    least_burst_s: float = 3.0
    least_seconds: float = 4.0
    """Mouths must be seen for so long altogether."""
    least_face_px: float = 70.0
    most_faces: int = 2
    least_seen: float = 0.6
    """Share of a stretch in which a large face must be seen."""
    least_talk: float = 0.3
    """Share of a stretch in which somebody must speak."""
    most_s: float = 2.5
    """Largest lag looked for."""
    apart_s: float = 0.4
    """Lags that lie closer together than this are one."""
    in_step_s: float = 0.2
    """Lags up to this are none that anybody would notice."""
    least_score: float = 0.3
    """Least correlation of mouths and voice ..."""
    least_deviations: float = 4.0
    """... and so many standard deviations of what mouths and a voice that have nothing to do with each other show: one
    of some sixty shifts always fits best."""
    anew_s: float = 0.32
    """Mouths and voices change so slowly that only one look in so many seconds says something new."""
    least_lead: float = 0.05
    """By how much the best lag must beat every other."""


@dataclass(frozen=True, slots=True)
class MouthLimits:
    """Where mouths are watched closely, and how they are held against the voice. Times in seconds.

    Shares and priors were set beforehand; the weights were fitted on some films and measured on others
    (docs/quality.md).
    """

    rate: float = 12.5
    """Looks at a mouth a second."""
    longest_s: float = 3.0
    """So much of an utterance is watched, from its beginning on."""
    margin_s: float = 0.3
    """So much before and after an utterance is watched with it."""
    join_s: float = 0.5
    """Bursts that lie closer together are one."""
    turns: int = 6
    """Long utterances watched of every voice, besides the answers."""
    turn_s: float = 1.5
    """From how long on an utterance is long."""
    most_share: float = 0.06
    """Share of the recording that is watched, at most."""
    least_total_s: float = 24.0
    """So much is watched in any case, of short recordings."""
    least_s: float = 0.5
    """Shorter stretches with a face tell nothing."""
    most_faces: int = 3
    """Mouths watched at once: those of the largest faces."""
    least_face_px: float = 70.0
    """Smaller mouths are not read."""
    reach_s: float = 0.8
    """A face lies where it was seen up to so long before or after."""
    least_seen: float = 0.6
    """Share of an utterance in which a mouth must be seen."""
    least_looks: int = 5
    """Looks at a mouth while the voice is heard, at least."""
    most_turned: float = 0.6
    """Heads turned further (0 frontal, 1 profile) hide how the lips move."""

    look_weight: float = 0.5
    """Log odds that a mouth speaks: so much for every look and every e-fold more motion of the lips than usual."""
    most_looks: int = 16
    """More looks than this make it no surer: they are not independent."""
    usual_motion: float = 0.0105
    """Motion of the lips (heights of the face from one look to the next) that speaks neither for nor against."""
    least_motion: float = 0.0015
    """Less than this is the landmarks' own trembling."""
    rest_weight: float = 0.3
    """So much more for every look and every e-fold more motion than the mouth shows while the voice is not heard ..."""
    usual_rise: float = 0.5
    """... beyond this many."""
    least_rest: int = 12
    """So many looks at a mouth must be had while the voice is not heard, to know how it rests."""
    off_screen: float = 0.1
    """Share of utterances that are taken to come from off screen before anything is seen."""
    least_odds: float = 1.0
    """The mouth an utterance is bound to must have these log odds by itself, whatever the others do."""
    sure: float = 0.8
    """An utterance is bound to a face, or to nobody, from this probability on."""
    told_utterances: int = 2
    """A face's role is told by at least so many utterances of one voice that are bound to it ..."""
    told_share: float = 0.75
    """... if they are this share of all that are bound to it."""


@dataclass(frozen=True, slots=True)
class VisionSettings:
    """How faces are looked for, followed and counted. Sizes in pixels of the decoded frame, times in seconds.

    The figures were chosen on single 1280 x 720 frames with two composited faces; tests/vision/test_small_faces.py
    measures what they give.
    """

    fps: float = 2.0
    """Frames looked at per second."""
    threads: int = 1
    """Threads of the face detector."""

    min_face_px: float = 70.0
    """Least height, forehead to chin, of a face whose absence means something (domain/visual.yaml)."""
    least_face_px: float = 30.0
    """Faces smaller than this are not looked at."""
    least_input_px: float = 18.0
    """Least height of such a face in the detector's input; frames that shrink it further are searched in tiles."""
    tiles_every: float = 2.0
    """Time after which the whole frame is searched in tiles again, also when nobody is missing."""
    memory: float = 3.0
    """How long a face that is no longer found is searched for in its tile."""

    candidate_score: float = 0.3
    """Detector's score from which a place is worth verifying."""
    sure_score: float = 0.75
    """Detector's score from which a face counts even where no landmarks can be placed (a turned head)."""
    known_score: float = 0.5
    """The same, where a verified face was seen a moment ago."""
    landmarks_every: float = 1.0
    """A face that is found clearly and was verified a moment ago gets landmarks only this often."""
    landmark_score: float = 0.5
    """Least score of the landmark task's own detector and presence check."""
    crop_scale: float = 2.0
    """Side of the crop for landmarks, in heights of the face."""
    crop_px: int = 256
    """Side to which that crop is scaled."""
    box_to_face: float = 1.02
    """Forehead to chin over height of the detector's box: median of 60 faces with landmarks (0.93 to 1.16)."""
    landmark_ratio: float = 1.3
    """Ratio of the two heights beyond which landmarks do not lie on the face that was boxed."""
    same_face_overlap: float = 0.5
    """Two boxes that share more than this part of the smaller one are one face."""

    dark_luma: float = 16.0
    """A frame whose 90th percentile of luma lies below this is too dark to judge: there faces of 70 px get lost."""
    least_sharpness: float = 20.0
    """Variance of the Laplacian of the sharpest parts below which a frame is too blurred to judge, chosen likewise."""
    sharpness_face_px: float = 36.0
    """Sharpness is measured where a face of `min_face_px` is shrunk to about this height."""
    longest_hold: float = 1.5
    """A frame stands for the time until the next one, at most this long."""

    bridge: float = 3.0
    """A gap in a face's presence up to this long is no absence."""
    reach: float = 1.2
    """How far, in heights of the face, a face may move between two frames."""
    reach_per_second: float = 0.6
    """By how much `reach` grows per second in which the face was not found."""
    size_change: float = 1.7
    """Ratio of heights up to which two sightings may be one face."""
    likeness: float = 0.55
    """Least similarity of appearance (0..1) of two sightings of one face, unless they nearly coincide."""
    coincide: float = 0.4
    """Distance, in heights of the face, below which appearance is not asked."""

    same_place: float = 2.0
    """Distance, in heights of the face, up to which two tracks may be one person who came back to the place."""
    same_place_likeness: float = 0.7
    """Least similarity of appearance of such tracks."""
    elsewhere_likeness: float = 0.9
    """Least similarity of appearance of two tracks of one person in different places."""
    same_voice_likeness: float = 0.5
    """Least similarity of appearance of two tracks whose mouths speak with one voice."""
    least_seconds: float = 1.0
    """Somebody seen for less than this is no person of the scene, unless the recording is hardly longer."""

    person_score: float = 0.7
    """Detector's score that somebody reaches at least once: patterns that pass for a face stay below it."""

    mouth_samples: int = 12
    """Least number of mouth openings during a speaker's turns, and outside them, to compare."""
    mouth_rise: float = 0.02
    """Least rise of the mean mouth opening during the speaker's turns."""
    mouth_z: float = 2.5
    """Least normal score of that rise (rank test, thinned for neighbouring frames)."""
    mouth_lead: float = 1.0
    """By how much the best match of a face must beat its next speaker and the speaker's next face, in normal scores."""

    picture: PictureLimits = PictureLimits()
    """From where on a picture counts as faulty."""
    lag: LagLimits = LagLimits()
    """How mouths are compared with the voice."""
    mouths: MouthLimits = MouthLimits()
    """Whose mouth speaks."""
    face_comparison: str | None = None
    """File of a network in ONNX form that compares faces (models/face_embedding.py). None compares none."""
    face_photos: str | None = None
    """Folder of reference photos named by policy number (P123.jpg). Sensitive personal data: None uses none."""
    compared_looks: int = 3
    """So many looks at a face are compared with its photo."""
    least_still: float = 10.0
    """A person whose picture stands still for so long, while the rest goes on, is not there live."""
    papers: PaperLimits = field(default_factory=PaperLimits)
    """How papers, cards, clocks and handwriting are looked for."""
