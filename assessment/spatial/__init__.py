"""Spatial facts: layers an office holds, the places of a project, and what lies inside, beyond or near.

``survey_places`` (survey.py) is the way in; ``Layers`` (register.py) is the shelf of layers. Nothing here is needed
without layers: shapely, pyproj and pyogrio (extra ``geo``) are imported only where a layer is read or overlaid.
"""
