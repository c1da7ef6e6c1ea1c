from borgerlinje.console.guides.carrying.urls import urlpatterns as carrying_patterns
from borgerlinje.console.guides.editing.urls import urlpatterns as editing_patterns
from borgerlinje.console.guides.figures.urls import urlpatterns as figures_patterns
from borgerlinje.console.guides.local.urls import urlpatterns as local_patterns
from borgerlinje.console.guides.solutions.urls import urlpatterns as solutions_patterns
from borgerlinje.console.guides.versions.urls import one_guide
from borgerlinje.console.guides.versions.urls import urlpatterns as versions_patterns

# Pages with a name of their own come before those that a guide's name leads to.
urlpatterns = [
    *figures_patterns,
    *carrying_patterns,
    *solutions_patterns,
    *editing_patterns,
    *versions_patterns,
    *local_patterns,
    *one_guide,
]
